// Processes that start others: each leads a group, and the whole group ends with it, also when the
// tests themselves are ended.

/** @type {Set<number>} */
const groups = new Set();

/**
 * @param {number} group
 * @param {NodeJS.Signals | 0} signal
 */
function signalled(group, signal) {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * To be called for every process that was started with `detached`.
 * @param {import("node:child_process").ChildProcess} leader
 */
export function closeAtExit(leader) {
  if (!leader.pid) return;
  if (groups.size === 0 && !process.listeners("exit").includes(endAll)) {
    process.on("exit", endAll);
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
      process.once(signal, () => process.exit(1));
    }
  }
  groups.add(leader.pid);
}

function endAll() {
  for (const group of groups) signalled(group, "SIGKILL");
}

/**
 * Ends a process and all that it started: asked first, then without asking.
 * @param {import("node:child_process").ChildProcess} leader
 */
export async function endGroup(leader) {
  const group = leader.pid;
  if (!group) return;
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGKILL"])) {
    const end = Date.now() + 2_000;
    if (!signalled(group, signal)) break;
    // What was stopped hears nothing before it goes on.
    signalled(group, "SIGCONT");
    while (signalled(group, 0) && Date.now() < end) await new Promise((go) => setTimeout(go, 20));
  }
  groups.delete(group);
}
