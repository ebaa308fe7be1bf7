//! Bounds and times of the carrier, each with its reason.

use std::time::Duration;

/// Nothing heard for this long: the link is dead. With iroh's own 30 s a flap of the local interface stalled a link
/// for 52 s in 5 of 11 trials; with 3 s in none of 29.
pub(super) const IDLE: Duration = Duration::from_secs(3);

/// Three tries of being heard before the other side gives up.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// What a round trip is guessed to be before one was measured: lost first packets are sent again after three times
/// this, so that several fit into one attempt. A loaded laptop answers within 160 ms.
pub(super) const FIRST_ROUND_TRIP: Duration = Duration::from_millis(100);

/// How long an attempt to dial, or a stranger's handshake, may take. A handshake on a LAN took 163 ms at load 16.
pub(super) const ATTEMPT: Duration = Duration::from_millis(1500);

/// Pause between attempts to dial one station, +-25 % so that two sides do not stay in step.
pub(super) const REDIAL_MS: u64 = 250;

/// Pause after a station said that it does not know the event: asking four times a second would not change that.
pub(super) const REFUSED_MS: u64 = 1000;

/// How long a station with a smaller key is given to dial us first. Both dial, because either's firewall may be shut;
/// one of them a bit later, because one link is enough.
pub(super) const COURTESY: Duration = Duration::from_millis(300);

/// Two links that were opened within this time are two sides that dialed at once. Later, a second one means that the
/// peer has lost the first.
pub(super) const AT_ONCE: Duration = Duration::from_secs(1);

/// When a listener's queue is full, it is asked again after this.
pub(super) const FULL: Duration = Duration::from_millis(10);

/// How long a closed link may still send what waits.
pub(super) const GOODBYE: Duration = Duration::from_secs(2);

/// How long stopping may take to tell the peers.
pub(super) const STOP: Duration = Duration::from_millis(500);

/// How often the own addresses are looked up: one call of the system, some 50 us.
pub(super) const WATCH: Duration = Duration::from_millis(500);

/// What is told at once: a listener's queue is counted in these.
pub(super) const CHUNK: usize = 64 * 1024;

/// What may wait on one link: a peer that takes nothing for so long is closed, and asks anew when it can.
pub(super) const WAITING: usize = 16 * 1024 * 1024;

/// What an item that waits costs besides its bytes, so that many small ones are bounded too.
pub(super) const ITEM: usize = 64;

/// What one lane may have under way: 100 MB/s at a round trip of 10 ms.
pub(super) const LANE_WINDOW: u32 = 1024 * 1024;

/// Links at one time: a hall of 200 stations that all chose this one, and some that are about to be replaced.
pub(super) const LINKS: usize = 256;

/// Handshakes of strangers under way: each costs some kilobytes and two signatures.
pub(super) const HANDSHAKES: usize = 64;

/// Attempts to dial under way, and explicit dials that wait.
pub(super) const ATTEMPTS: usize = 64;

/// Attempts under way to one station: one that hangs on old addresses, and those that newer addresses deserve.
pub(super) const ATTEMPTS_OF_ONE: u32 = 3;

/// Addresses tried for one station, and told of this one. A laptop has two networks, each with one address of IPv4
/// and about three of IPv6.
pub(super) const ADDRESSES: usize = 16;

/// Addresses remembered of one station from mDNS and from links, newest first.
pub(super) const HEARD_ADDRESSES: usize = 8;

/// Stations that nobody has asked for, but of which mDNS told addresses: five halls.
pub(super) const FOUND: usize = 1024;

/// The first announcement is spread over this time, so that 200 laptops that get power at once do not shout at once.
pub(super) const ANNOUNCE_MS: u64 = 1000;

/// Events that are announced: a text of a TXT record holds 255 bytes, a tag and its comma 9.
pub(super) const TAGS: usize = 27;
