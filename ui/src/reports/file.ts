// A report as a file or on the clipboard. What stands in it is the station's.
import { call } from "../api/client";
import type { Report, TableLine } from "../api/generated";
import { supervised } from "../shared/supervisor.svelte";
import { t } from "../words";

/** Spreadsheets read letters beyond English only in a file that says how it is written. */
const MARK = "\uFEFF";

/** The table of a report; null where a supervisor was needed and nobody gave the PIN. */
export async function tableOf(report: Report): Promise<TableLine | null> {
  const ask = async (supervisor: Parameters<Parameters<typeof supervised>[1]>[0]) => {
    const { lines } = await call("report_table", { report }, { supervisor });
    return lines[0] ?? { csv: "", tabs: "" };
  };
  // Everybody's data in one file; the others are asked for at once, as who is inside has to be.
  return report === "attendance" ? supervised(t.reports.csvWhat, ask) : ask(null);
}

/** A name that every file system takes: "Lantern Days, Inside now, 2027-05-08 10.15.csv". */
export function fileName(event: string, report: string, civil: string): string {
  const plain = (text: string) => text.replaceAll(/[\p{C}\\/:*?"<>|.]+/gu, " ").replaceAll(/\s+/g, " ").trim();
  const when = civil.replace("T", " ").replace(":", "");
  return `${[plain(event).slice(0, 60).trim(), plain(report), when].filter(Boolean).join(", ")}.csv`;
}

/** Hands a text over as a file, as a browser does it. */
export function download(name: string, csv: string): void {
  const address = URL.createObjectURL(new Blob([MARK, csv], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  [link.href, link.download] = [address, name];
  document.body.append(link);
  link.click();
  link.remove();
  // Whoever takes it has begun by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
