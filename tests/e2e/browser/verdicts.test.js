// What a scan shows: the right word in the right colour and shape, large, with contrast, and without
// anything else moving.
import assert from "node:assert/strict";
import { contrasts } from "../lib/contrast.js";
import { watchShifts } from "../lib/layout.js";
import { cut, difference, greySmall, median, picture, shapeOf } from "../lib/picture.js";
import { scene } from "../lib/scene.js";
import { until } from "../lib/wait.js";
import { wedge } from "../lib/wedge.js";

scene("a_wedge_that_types_into_nothing_shows_a_verdict", {}, async ({ door }) => {
  const seen = await door.scan("YZ01ADMIT0AA");
  assert.equal(seen.tone, "go");
  assert.equal(seen.word, "Go in");
  assert.match(seen.text, /Aylin Öztürk/);
  assert.match(seen.text, /Regular/);
  const [scan] = await door.recent();
  assert.equal(scan.verdict, "admitted");
  assert.equal(scan.operator, "Kim");
  const { last } = await door.painted();
  assert.ok(last.painted > last.enter, JSON.stringify(last));
});

scene("each_verdict_has_its_word_its_tone_and_its_reason", {}, async ({ door, page, station }) => {
  const expected = /** @type {[string, string, string, string, RegExp][]} */ ([
    ["YZ01ADMIT0AA", "go", "admitted", "Go in", /Aylin Öztürk/],
    ["YZ01ADMIT0AA", "stop", "already_in", "Already in", /Main entrance/],
    ["YZ04NOTED0DD", "look", "admitted", "Goes in", /green room/],
    ["YZ05UNPAID0E", "stop", "unpaid", "Not paid", /not paid/],
    ["YZ06CANCEL0F", "stop", "cancelled", "Cancelled", /was cancelled/],
    ["YZ07BLOCKED0", "stop", "blocked", "Blocked", /Banned after last year/],
    ["YZ09TOOLATE0", "stop", "no_longer_valid", "Too late", /until .*18:00/],
    ["YZ10TOOSOON0", "stop", "not_yet_valid", "Too early", /from .*09:00/],
    ["YZ16OTHERDAY", "stop", "wrong_date", "Wrong day", /2 Jan/],
    ["YZ99NOBODY99", "stop", "unknown_code", "Unknown", /YZ99NOBODY99/],
  ]);
  for (const [code, tone, verdict, word, said] of expected) {
    const seen = await door.scan(code);
    assert.deepEqual([seen.tone, seen.verdict, seen.word], [tone, verdict, word], code);
    assert.match(seen.text, said);
    await door.close();
  }
  await page.keyboard.press("F4");
  await door.part("exit-banner").waitFor();
  const out = await door.scan("YZ01ADMIT0AA");
  assert.deepEqual([out.tone, out.verdict, out.word], ["out", "exited", "Goes out"]);
  await page.keyboard.press("F4");
  await door.part("exit-banner").waitFor({ state: "detached" });
  const again = await door.scan("YZ01ADMIT0AA");
  assert.deepEqual([again.tone, again.verdict, again.word], ["go", "readmitted", "Go in"]);
  await station.run(["gate", "set", await station.file("g.json", '{"id":"main","ticket_types":["Speaker"]}')]);
  const wrong = await door.scan("YZ02ADMIT0BB");
  assert.deepEqual([wrong.verdict, wrong.word], ["wrong_gate", "Wrong door"]);
});

scene("a_verdict_clears_itself_and_stays_when_it_is_kept", {}, async ({ door, page }) => {
  await door.scan("YZ01ADMIT0AA");
  await door.part("timer").locator("span").waitFor();
  await door.part("verdict").waitFor({ state: "detached", timeout: 4_000 });
  await door.part("waiting").waitFor();
  await door.scan("YZ02ADMIT0BB");
  await page.keyboard.press("Space");
  await page.getByText("Kept until you close it").waitFor();
  assert.equal(await door.part("timer").locator("span").count(), 0, "the timer still runs");
});

for (const [width, height] of [
  [1366, 768],
  [1024, 600],
  [1920, 1080],
]) {
  const sizes = `${width}_by_${height}`;
  scene(`the_word_is_a_sixth_of_the_window_high_at_${sizes}`, { page: { width, height } }, async (on) => {
    const { door, page } = on;
    // The longest words, and those with descenders.
    const codes = ["YZ01ADMIT0AA", "YZ01ADMIT0AA", "YZ04NOTED0DD", "YZ05UNPAID0E", "YZ10TOOSOON0"];
    for (const code of [...codes, "YZ99NOBODY99"]) {
      const { word } = await door.scan(code);
      const seen = await door.part("verdict-word").evaluate((element) => {
        const box = element.getBoundingClientRect();
        // What the letters take: from the top of a capital to the bottom of a descender, unclipped.
        const clip = { left: 0, right: innerWidth, bottom: innerHeight };
        for (let up = element.parentElement; up; up = up.parentElement) {
          const { overflowX, overflowY } = getComputedStyle(up);
          const outer = up.getBoundingClientRect();
          if (overflowX !== "visible") {
            clip.left = Math.max(clip.left, outer.left);
            clip.right = Math.min(clip.right, outer.right);
          }
          if (overflowY !== "visible") clip.bottom = Math.min(clip.bottom, outer.bottom);
        }
        const canvas = document.createElement("canvas").getContext("2d");
        if (!canvas) throw new Error("no canvas");
        const style = getComputedStyle(element);
        const scale = box.height / /** @type {HTMLElement} */ (element).offsetHeight;
        canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
        const ink = canvas.measureText(element.textContent ?? "");
        const line = box.height / scale;
        const { fontBoundingBoxAscent: rise, fontBoundingBoxDescent: fall } = ink;
        // Where the baseline lies: the font's own box is centred in the line.
        const padding = Number.parseFloat(style.paddingBottom);
        const base = box.top + scale * ((line - padding - rise - fall) / 2 + rise);
        return {
          height: box.height,
          inside: box.left >= clip.left - 1 && box.right <= clip.right + 1,
          bottom: base + scale * ink.actualBoundingBoxDescent,
          clipped: clip.bottom,
        };
      });
      assert.ok(seen.height >= height / 6, `"${word}" is ${seen.height} px of ${height}`);
      assert.ok(seen.inside, `"${word}" is cut off at a side`);
      const who = door.part("verdict").getByTestId("name");
      const name = (await who.count()) > 0 ? await who.boundingBox() : null;
      assert.ok(!name || seen.bottom <= name.y + name.height * 0.3, `"${word}" lies on the name`);
      assert.ok(seen.bottom <= seen.clipped + 1, `"${word}" is cut off below: ${JSON.stringify(seen)}`);
      await page.keyboard.press("Escape");
    }
  });
}

for (const theme of ["light", "dark", "sun"]) {
  scene(`all_text_on_a_verdict_has_contrast_in_the_${theme}_look`, { laptop: { theme } }, async (on) => {
    const { door, page } = on;
    const look = async (/** @type {string} */ what) => {
      await page.keyboard.press("Space");
      const found = await contrasts(door.part("verdict"));
      assert.ok(found.length >= 4, `${what}: only ${found.length} texts seen`);
      const poor = found.filter(({ ratio }) => ratio < 7);
      assert.deepEqual(poor, [], what);
    };
    for (const code of ["YZ01ADMIT0AA", "YZ01ADMIT0AA", "YZ04NOTED0DD", "YZ07BLOCKED0", "YZ99NOBODY99"]) {
      await door.scan(code);
      await look(code);
    }
    await page.keyboard.press("F4");
    await door.part("exit-banner").waitFor();
    await door.scan("YZ01ADMIT0AA");
    await look("exited");
  });
}

for (const theme of ["light", "dark", "sun"]) {
  const name = `the_four_tones_are_told_apart_without_colour_and_from_afar_in_the_${theme}_look`;
  scene(name, { laptop: { theme } }, async ({ door, page }) => {
    const seen = /** @type {Map<string, { light: number, shape: boolean[] }>} */ (new Map());
    const look = async (/** @type {string} */ tone) => {
      await page.keyboard.press("Space");
      const box = await door.part("verdict").boundingBox();
      if (!box) throw new Error("no verdict");
      const small = greySmall(await picture(page));
      // The same piece of the screen for all: the sign at the left of the word.
      const sign = { x: 20, y: 80, width: 300, height: 240 };
      assert.equal(await door.part("verdict").getAttribute("data-tone"), tone);
      seen.set(tone, { light: median(cut(small, box)), shape: shapeOf(cut(small, sign)) });
    };
    await door.scan("YZ01ADMIT0AA");
    await look("go");
    await door.scan("YZ01ADMIT0AA");
    await look("stop");
    await door.scan("YZ04NOTED0DD");
    await look("look");
    await page.keyboard.press("F4");
    await door.part("exit-banner").waitFor();
    await door.scan("YZ01ADMIT0AA");
    await look("out");
    const tones = [...seen];
    for (const [index, [one, first]] of tones.entries()) {
      for (const [other, second] of tones.slice(index + 1)) {
        const apart = Math.abs(first.light - second.light);
        const shapes = difference(first.shape, second.shape);
        const both = `${one} and ${other}: ${apart.toFixed(0)} levels, ${(shapes * 100).toFixed(0)} %`;
        assert.ok(shapes > 0.1, `${both} of the sign differ`);
        const crossing = ["go", "look"].includes(one) !== ["go", "look"].includes(other);
        if (crossing) assert.ok(apart > 70, both);
      }
    }
  });
}

scene("nothing_moves_between_a_scan_and_its_verdict", {}, async ({ door, page }) => {
  await door.scan("YZ02ADMIT0BB");
  await door.close();
  const fixed = ["bar", "gate", "clock", "mode", "operator", "exit", "search", "recent"];
  const boxes = () => Promise.all(fixed.map((id) => door.part(id).first().boundingBox()));
  const before = await boxes();
  // A new row moves those below it; they lie under the verdict.
  const shifts = await watchShifts(page, "[data-testid=recent] li");
  for (const code of ["YZ01ADMIT0AA", "YZ07BLOCKED0", "YZ99NOBODY99", "YZ04NOTED0DD"]) {
    await door.scan(code);
    assert.deepEqual(await boxes(), before, code);
    const box = await door.part("verdict").boundingBox();
    const bar = await door.part("bar").boundingBox();
    assert.deepEqual(
      [box?.x, box?.y, box?.width, (box?.y ?? 0) + (box?.height ?? 0)],
      [0, (bar?.y ?? 0) + (bar?.height ?? 0), 1366, 768],
    );
  }
  assert.deepEqual(await shifts(), []);
});

scene("a_rehearsal_is_marked_and_does_not_count", { state: "rehearsal" }, async ({ door }) => {
  await door.part("rehearsal").waitFor();
  assert.equal(await door.part("mode").getAttribute("data-mode"), "rehearsal");
  const seen = await door.scan("YZ01ADMIT0AA");
  assert.equal(seen.tone, "go");
  await door.part("verdict-rehearsal").waitFor();
  const [stats] = await door.station.run(["stats"]);
  assert.equal(stats.inside, 0);
  const [scan] = await door.recent();
  assert.equal(scan.mode, "rehearsal");
});

scene("others_on_the_same_order_are_told", {}, async ({ door }) => {
  const first = await door.scan("YZ02ADMIT0BB");
  assert.match(first.text, /1 more on this order still to come/);
  const second = await door.scan("YZ03ADMIT0CC");
  assert.doesNotMatch(second.text, /on this order/);
});

scene("exit_mode_shows_and_goes_back_after_its_idle_minute", {}, async ({ door, page }) => {
  const banner = door.part("exit-banner");
  const left = async () => Number(/(\d+) s /.exec(await banner.innerText())?.[1]);
  let time = Date.now();
  const later = (/** @type {number} */ seconds) => page.clock.setSystemTime((time += seconds * 1_000));
  await later(0);
  await page.keyboard.press("F4");
  await banner.waitFor();
  assert.equal(await door.part("mode").getAttribute("data-exit"), "true");
  await page.getByRole("heading", { name: "Scan people going out" }).waitFor();
  assert.ok((await left()) > 50);
  await later(45);
  await until("a quarter of a minute is left", async () => (await left()) <= 15);
  // A scan begins the minute anew.
  await wedge(page, "YZ99NOBODY99");
  await door.part("verdict").waitFor();
  await door.close();
  await until("the minute begins anew", async () => (await left()) > 50);
  await later(45);
  await until("a quarter of a minute is left again", async () => (await left()) <= 15);
  await later(20);
  await banner.waitFor({ state: "detached" });
  assert.equal((await door.station.call("station_show"))[0].exit, false);
});
