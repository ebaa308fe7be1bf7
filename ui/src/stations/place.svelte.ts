// Which part of the laptops' screen is shown.
export type Place = "live" | "twice" | "invite";

class Shown {
  now = $state<Place>("live");
}

export const place = new Shown();
