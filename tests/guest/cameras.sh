# Virtual cameras within the guest, looked at by `see`. What `see` says goes to the second serial line, each line with
# the name of its part before it; the host judges it. Nothing here waits for a time: it waits for what is said.
PATH=/usr/bin:/bin
bb=/run/guest/busybox
. /run/guest/given

# say PART: passes lines on.
say() { while read -r line; do echo "$1: $line" | tee -a "/run/$1" >/dev/ttyS1; done; }
# until PART TEXT: waits for a line of a part that begins so; at most 20 seconds.
until_said() {
    for _ in $($bb seq 200); do
        $bb grep -q "^$1: $2" "/run/$1" 2>/dev/null && return 0
        $bb usleep 100000
    done
    echo "$1: not said within 20 s: $2" >/dev/ttyS1
    return 1
}
# forget PART: only what is said from now on counts.
forget() { : >"/run/$1"; }
# see PART CAMERA: looks until `close`, at most a minute.
see() {
    $bb mkfifo "/run/$1.pipe"
    say "$1" <"/run/$1.pipe" &
    "$SEE" "$2" 60 >"/run/$1.pipe" 2>&1 &
    seen=$!
}
close() { kill "$seen"; wait "$seen" 2>/dev/null; }
show() { "$SHOW" /dev/video10 "$@" & shown=$!; }
hide() { kill "$shown"; wait "$shown" 2>/dev/null; }

while read -r module; do $bb insmod "/run/guest/modules/$module"; done </run/guest/modules/media
$bb insmod /run/guest/modules/v4l2loopback.ko video_nr=10 card_label=FakeCam exclusive_caps=1

# A camera that is plugged in while it is looked for, and pulled out and plugged in again.
see small FakeCam
until_said small "state lost"
show 640 480 "$CODE_1"
until_said small "code $CODE_1"
"$SEE" 2>&1 | say list
hide
until_said small "state lost: the camera sends no pictures"
show 640 480 "$CODE_2"
until_said small "code $CODE_2"
close
hide

# The same camera in another size.
show 1280 720 "$CODE_3"
see large FakeCam
until_said large "code $CODE_3"
close
hide

# A camera with many formats and odd nodes, that is pulled out by its bus.
see odd vivid-000-vid-cap
until_said odd "frames"
echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind
until_said odd "state lost"
forget odd
echo vivid.0 >/sys/bus/platform/drivers/vivid/bind
until_said odd "state running"
close
$bb sync
echo "end: all parts ran" >/dev/ttyS1
