// Which report is shown.
import type { Report } from "../api/generated";

class Shown {
  now = $state<Report>("attendance");
}

export const place = new Shown();
