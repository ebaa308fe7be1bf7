// Columns of a file given a meaning by hand, over what the station made of their headers.

/** Fields in the order in which they are offered. */
export const FIELDS = [
  "code",
  "first_name",
  "last_name",
  "name",
  "email",
  "company",
  "phone",
  "ticket_type",
  "status",
  "order",
  "order_position",
  "valid_from",
  "valid_until",
  "days",
  "blocked",
  "notes",
  "language",
  "entries",
  "addon_to",
  "vip",
  "guardian",
  "reading",
] as const;

/** Column to field; an empty field leaves the column out. */
export type ByHand = Readonly<Record<string, string>>;

/** The mapping with one column given a field; no two columns hold the same field. */
export function assigned(byHand: ByHand, column: string, field: string): ByHand {
  const others = Object.entries(byHand).filter(
    ([other, has]) => other !== column && (field === "" || has !== field),
  );
  return Object.fromEntries([...others, [column, field]]);
}

/** The mapping as `roster_import` takes it. */
export function asOptions(byHand: ByHand): string[] {
  return Object.entries(byHand).map(([column, field]) => `${column}=${field}`);
}

/**
 * What the whole table says once this preview stands: saved under a name, it means the same for a
 * file of the same columns whatever their headers would be taken for.
 */
export function whole(columns: readonly (readonly [string, string | null])[]): string[] {
  const named = columns.filter(([column]) => column.trim() !== "");
  return named.filter(([, field]) => field).map(([column, field]) => `${column}=${field}`);
}

/** Whether a column can be given a meaning: it has a name, and the name is its own. */
export function canAssign(
  columns: readonly (readonly [string, string | null])[],
  index: number,
): boolean {
  const name = columns[index]?.[0] ?? "";
  if (name.trim() === "" || name.includes("\n")) return false;
  return columns.findIndex(([other]) => other === name) === index;
}
