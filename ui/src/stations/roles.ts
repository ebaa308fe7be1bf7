// The roles of stations, the usual one first.
import type { StationRole } from "../api/generated";

export const ROLES: readonly StationRole[] = ["door", "admin", "kiosk", "booth"];
