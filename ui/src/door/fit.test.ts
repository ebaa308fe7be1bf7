import { describe, expect, it } from "vitest";
import { firstFit, sizes } from "./fit";

describe("the largest size that fits", () => {
  it("is found from any guess", () => {
    for (let count = 1; count < 12; count += 1) {
      for (let first = 0; first <= count; first += 1) {
        for (let guess = -1; guess <= count; guess += 1) {
          // Where nothing fits, the smallest.
          expect(firstFit(count, guess, (at) => at >= first)).toBe(Math.min(first, count - 1));
        }
      }
    }
  });

  it("takes two looks from a good guess, three from one beside it", () => {
    const looks = (guess: number): number => {
      let count = 0;
      firstFit(30, guess, (at) => {
        count += 1;
        return at >= 11;
      });
      return count;
    };
    expect([looks(11), looks(12), looks(10)]).toEqual([2, 3, 2]);
  });

  it("is one of few", () => {
    const all = sizes(22, 123.4);
    expect([all[0], all.at(-1)]).toEqual([123, 22]);
    expect(all.length).toBeLessThan(32);
    expect(sizes(40, 30)).toEqual([40]);
  });
});
