// The one thing that no tool here does: ask a window to close, as the cross in its corner does.
import { createConnection } from "node:net";

const INTERN_ATOM = 16;
const SEND_EVENT = 25;
const GET_INPUT_FOCUS = 43;
const CLIENT_MESSAGE = 33;
const WITHIN_MS = 5_000;

/** @param {string} name */
function internAtom(name) {
  const padded = Math.ceil(name.length / 4) * 4;
  const request = Buffer.alloc(8 + padded);
  request.writeUInt8(INTERN_ATOM, 0);
  request.writeUInt16LE(request.length / 4, 2);
  request.writeUInt16LE(name.length, 4);
  request.write(name, 8, "latin1");
  return request;
}

/**
 * @param {number} window
 * @param {number} protocols
 * @param {number} close
 */
function askToClose(window, protocols, close) {
  const request = Buffer.alloc(44);
  request.writeUInt8(SEND_EVENT, 0);
  request.writeUInt16LE(request.length / 4, 2);
  request.writeUInt32LE(window, 4);
  request.writeUInt8(CLIENT_MESSAGE, 12);
  request.writeUInt8(32, 13);
  request.writeUInt32LE(window, 16);
  request.writeUInt32LE(protocols, 20);
  request.writeUInt32LE(close, 24);
  return request;
}

/**
 * @param {string} display such as ":7"
 * @param {number} window
 */
export async function closeWindow(display, window) {
  const socket = createConnection(`/tmp/.X11-unix/X${display.slice(1)}`);
  socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error("the X server does not answer")));
  let had = Buffer.alloc(0);
  const incoming = socket[Symbol.asyncIterator]();
  /** @param {number} bytes */
  const take = async (bytes) => {
    while (had.length < bytes) {
      const { done, value } = await incoming.next();
      if (done) throw new Error("the X server hung up");
      had = Buffer.concat([had, value]);
    }
    const taken = had.subarray(0, bytes);
    had = had.subarray(bytes);
    return taken;
  };
  /** @param {string} name */
  const atom = async (name) => {
    socket.write(internAtom(name));
    return (await take(32)).readUInt32LE(8);
  };
  try {
    socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    const welcome = await take(8);
    await take(welcome.readUInt16LE(6) * 4);
    if (welcome.readUInt8(0) !== 1) throw new Error("the X server does not let us in");
    const message = askToClose(window, await atom("WM_PROTOCOLS"), await atom("WM_DELETE_WINDOW"));
    socket.write(message);
    // An answer to a later request says that the earlier one was done.
    socket.write(Buffer.from([GET_INPUT_FOCUS, 0, 1, 0]));
    await take(32);
  } finally {
    socket.destroy();
  }
}
