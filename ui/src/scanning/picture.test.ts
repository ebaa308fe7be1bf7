import { describe, expect, it } from "vitest";
import { paint, picture } from "./picture";

function bytes(head: number[], codes: number[], grey: number[]): ArrayBuffer {
  const all = new Uint8Array([...head, ...new Uint8Array(new Int16Array(codes).buffer), ...grey]);
  return all.buffer;
}

describe("a picture of the camera", () => {
  it("is read with its codes", () => {
    const read = picture(bytes([7, 1, 0, 0, 2, 0, 1, 0, 2, 3, 1, 0], [0, 0, 1, 0, 1, 1, -1, 300], [9, 200, ...new TextEncoder().encode("qr\nÄ\n1")]));
    expect(read?.read).toEqual({ symbology: "qr", text: "Ä\n1" });
    expect(read).toMatchObject({ number: 263, state: "running", hint: "blurred", width: 2, height: 1 });
    expect(read?.codes).toEqual([[{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }, { x: -1, y: 300 }]]);
    expect([...(read?.grey ?? [])]).toEqual([9, 200]);
  });

  it("may be none", () => {
    const read = picture(bytes([1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0], [], []));
    expect(read).toMatchObject({ state: "lost", hint: null, width: 0, codes: [], read: null });
    expect(picture(new ArrayBuffer(5))).toBeNull();
    expect(picture(bytes([1, 0, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0], [], [1, 2, 3]))).toBeNull();
    expect(picture(bytes([1, 0, 0, 0, 0, 0, 0, 0, 99, 99, 0, 0], [], []))).toMatchObject({ state: "off", hint: null });
  });

  it("is painted grey", () => {
    const into = new Uint32Array(2);
    paint(new Uint8Array([0x12, 0xff]), into);
    expect([...into]).toEqual([0xff121212, 0xffffffff]);
  });
});
