import { expect, test } from "vitest";
import type { PassingLine } from "../api/generated";
import { fileName } from "./file";
import { daysOf, labelled, rowsOf, seriesOf } from "./series";

function line(gate: string, quarter_hour: string, admitted: number, exited = 0, refused = 0): PassingLine {
  return { gate, quarter_hour, admitted, exited, refused };
}

const LINES = [
  line("garden", "2027-05-08T09:00", 3),
  line("garden", "2027-05-08T09:30", 1),
  line("main", "2027-05-08T09:15", 40, 2, 5),
  line("main", "2027-05-08T11:30", 1),
  line("main", "2027-05-09T23:45", 7),
];

test("the_latest_day_comes_first", () => {
  expect(daysOf(LINES)).toEqual(["2027-05-09", "2027-05-08"]);
  expect(daysOf([])).toEqual([]);
});

test("gates_share_their_quarters_and_the_busiest_comes_first", () => {
  const series = seriesOf(LINES, "2027-05-08");
  expect(series.map(({ gate }) => gate)).toEqual(["main", "garden"]);
  for (const { slots } of series) {
    expect(slots.length).toBe(11);
    expect([slots[0]?.from, slots.at(-1)?.from]).toEqual(["2027-05-08T09:00", "2027-05-08T11:30"]);
  }
  const [main] = series;
  expect(main?.slots[1]).toEqual({ from: "2027-05-08T09:15", admitted: 40, exited: 2, refused: 5 });
  expect([main?.admitted, main?.exited, main?.refused]).toEqual([41, 2, 5]);
  expect(seriesOf(LINES, "2027-05-07")).toEqual([]);
});

test("a_plot_has_at_least_two_hours", () => {
  const [main] = seriesOf(LINES, "2027-05-09");
  expect(main?.slots.length).toBe(8);
  expect(main?.slots.at(-1)?.from).toBe("2027-05-10T01:30");
});

test("rows_come_by_time_and_say_each_time_once", () => {
  const more = [...LINES, line("garden", "2027-05-08T09:15", 2)];
  const rows = rowsOf(more, "2027-05-08", ["main", "garden"]);
  expect(rows.map(({ gate, quarter_hour, again }) => `${gate} ${quarter_hour.slice(11)} ${again}`)).toEqual([
    "garden 09:00 false",
    "main 09:15 false",
    "garden 09:15 true",
    "garden 09:30 false",
    "main 11:30 false",
  ]);
});

test("only_as_many_times_are_written_as_there_is_room_for", () => {
  const slots = (number: number) =>
    Array.from({ length: number }, (_, index) => ({
      from: new Date(Date.UTC(2027, 4, 8, 8) + index * 15 * 60_000).toISOString().slice(0, 16),
      admitted: 0,
      exited: 0,
      refused: 0,
    }));
  const written = (number: number) => slots(number).filter(labelled(slots(number), 10)).map(({ from }) => from.slice(11));
  expect(written(4)).toEqual(["08:00", "08:15", "08:30", "08:45"]);
  expect(written(12)).toEqual(["08:00", "08:30", "09:00", "09:30", "10:00", "10:30"]);
  expect(written(64).length).toBeLessThanOrEqual(10);
});

test("a_file_name_is_one_everywhere", () => {
  expect(fileName("Lantern Days", "Inside now", "2027-05-08T15:20")).toBe("Lantern Days, Inside now, 2027-05-08 1520.csv");
  expect(fileName("A/B: \"x\".\u202E..", "R", "2027-05-08T15:20")).toBe("A B x, R, 2027-05-08 1520.csv");
  expect(fileName("", "R", "2027-05-08T15:20")).toBe("R, 2027-05-08 1520.csv");
});
