// The fields of a person as the screen groups them, and what of them a draft changes.
import type { AttendeeLine, FieldName } from "../api/generated";

export type Group = "who" | "ticket" | "contact" | "door";

export const GROUPS: readonly { group: Group; fields: readonly FieldName[] }[] = [
  { group: "who", fields: ["first_name", "last_name", "name", "reading", "company"] },
  {
    group: "ticket",
    fields: [
      "ticket_type",
      "status",
      "code",
      "order",
      "order_position",
      "addon_to",
      "entries",
      "days",
      "valid_from",
      "valid_until",
    ],
  },
  { group: "contact", fields: ["email", "phone", "language"] },
  { group: "door", fields: ["notes", "vip", "guardian", "blocked"] },
];

export const STATUSES = ["paid", "pending", "unapproved", "valid_if_pending", "cancelled"] as const;

export type Draft = Partial<Record<FieldName, string>>;

/** The value of a field by its name, as a text. */
export function valueOf(person: AttendeeLine, field: string): string {
  const value = (person as unknown as Record<string, unknown>)[field];
  if (typeof value === "string") return value;
  return field === "status" ? "paid" : "";
}

/** Fields of the draft that differ from the person, with what they would become. */
export function changes(person: AttendeeLine, draft: Draft): [FieldName, string][] {
  const all = GROUPS.flatMap(({ fields }) => fields);
  return all.flatMap((field): [FieldName, string][] => {
    const value = draft[field]?.trim();
    return value === undefined || value === valueOf(person, field).trim() ? [] : [[field, value]];
  });
}

/** A draft without what the person has by now. */
export function kept(person: AttendeeLine, draft: Draft): Draft {
  return Object.fromEntries(changes(person, draft));
}

/** Changes as `attendee_set` takes them. */
export function asFields(changed: readonly (readonly [string, string])[]): string[] {
  return changed.map(([field, value]) => `${field}=${value}`);
}
