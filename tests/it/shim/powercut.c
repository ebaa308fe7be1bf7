/* A disk that forgets: loaded into a program with LD_PRELOAD, below SQLite and everything else.
 *
 * A write counts only once a sync has followed it. The sync of a file copies its content into an image folder, the sync of
 * a folder writes down its names; what the image holds is what would be there after a power cut. The disk itself is never
 * synced: what is asked here is whether the program syncs, and in the right order, not what the machine makes of it.
 *
 *   POWERCUT_DIR=DIR         what is watched: this folder and all below it
 *   POWERCUT_IMAGE=DIR       where what survives is kept: files/KEY (content), folders/KEY (lines "f|d KEY NAME")
 *   POWERCUT_COUNT=FILE      at exit, "SYNCS WRITES": syncs that were asked for, and writes that made a file longer
 *   POWERCUT_LOG=FILE        S for every sync of a file that succeeded, V for every line on standard output, in order
 *   POWERCUT_AT=N            at the Nth sync the power goes: it does not take effect, and the process ends
 *   POWERCUT_FAIL_SYNC=N     from the Nth sync on, the disk says EIO
 *   POWERCUT_FAIL_ONE_SYNC=N the disk says EIO at the Nth sync, and that all is well afterwards: as some systems do,
 *                            though what was to be synced then is lost
 *   POWERCUT_FULL=N          from the Nth write on that makes a file longer, the disk says ENOSPC
 *
 * A KEY is a file's number and the moment it was made, because numbers are given again. Calls go to the kernel directly, so
 * that nothing here depends on what was loaded when. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *dir, *image, *count_file;
static int log_fd = -1, ready;
static long cut_at, fail_sync, fail_one_sync, full, syncs, writes;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void begin(void) {
    const char *log_file = getenv("POWERCUT_LOG");
    dir = getenv("POWERCUT_DIR");
    image = getenv("POWERCUT_IMAGE");
    count_file = getenv("POWERCUT_COUNT");
    cut_at = number("POWERCUT_AT");
    fail_sync = number("POWERCUT_FAIL_SYNC");
    fail_one_sync = number("POWERCUT_FAIL_ONE_SYNC");
    full = number("POWERCUT_FULL");
    if (log_file) log_fd = open(log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ready = dir != NULL;
}

__attribute__((destructor)) static void end(void) {
    if (!ready || !count_file) return;
    char line[64];
    int length = snprintf(line, sizeof line, "%ld %ld\n", syncs, writes);
    int fd = open(count_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ready = 0;
    if (fd >= 0) {
        if (syscall(SYS_write, fd, line, length) != length) _exit(99);
        close(fd);
    }
}

/* The shim itself is at a loss: better no result than a wrong one. */
static void give_up(const char *what) {
    syscall(SYS_write, 2, what, strlen(what));
    syscall(SYS_exit_group, 99);
}

static void note(char letter) {
    if (log_fd >= 0 && syscall(SYS_write, log_fd, &letter, 1) != 1) give_up("powercut: log\n");
}

/* Whether an open file lies where we watch. */
static int watched(int fd) {
    char link[64], path[PATH_MAX];
    if (!ready) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    size_t watch = strlen(dir);
    return strncmp(path, dir, watch) == 0 && (path[watch] == 0 || path[watch] == '/');
}

static void key_of(int at, const char *name, char *key, size_t size) {
    struct statx info;
    if (statx(at, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &info) != 0) give_up("powercut: statx\n");
    long long made = info.stx_mask & STATX_BTIME ? info.stx_btime.tv_sec * 1000000000LL + info.stx_btime.tv_nsec : 0;
    snprintf(key, size, "%llu.%lld", (unsigned long long)info.stx_ino, made);
}

static int image_file(const char *kind, int fd) {
    char key[64], path[PATH_MAX];
    key_of(fd, "", key, sizeof key);
    snprintf(path, sizeof path, "%s/%s/%s", image, kind, key);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) give_up("powercut: image\n");
    return out;
}

static void keep_file(int fd) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int in = open(link, O_RDONLY | O_CLOEXEC), out = image_file("files", fd);
    if (in < 0) give_up("powercut: a synced file cannot be read\n");
    ssize_t sent;
    while ((sent = sendfile(out, in, NULL, 1 << 20)) > 0) {}
    if (sent < 0) give_up("powercut: copy\n");
    close(in);
    close(out);
}

static void keep_folder(int fd) {
    int out = image_file("folders", fd), again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = again < 0 ? NULL : fdopendir(again);
    struct dirent *entry;
    if (!names) give_up("powercut: a synced folder cannot be read\n");
    while ((entry = readdir(names))) {
        char key[64], line[PATH_MAX];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (entry->d_type != DT_REG && entry->d_type != DT_DIR) continue;
        key_of(fd, entry->d_name, key, sizeof key);
        int length = snprintf(line, sizeof line, "%c %s %s\n", entry->d_type == DT_DIR ? 'd' : 'f', key, entry->d_name);
        if (syscall(SYS_write, out, line, length) != length) give_up("powercut: names\n");
    }
    closedir(names);
    close(out);
}

static int sync_of(int fd) {
    struct stat info;
    int result = 0;
    if (fstat(fd, &info) != 0) return -1;
    pthread_mutex_lock(&lock);
    syncs++;
    if (syncs == cut_at) syscall(SYS_exit_group, 137);
    if ((fail_sync && syncs >= fail_sync) || syncs == fail_one_sync) {
        result = -1;
    } else {
        if (image) S_ISDIR(info.st_mode) ? keep_folder(fd) : keep_file(fd);
        if (S_ISREG(info.st_mode)) note('S');
    }
    pthread_mutex_unlock(&lock);
    errno = result ? EIO : 0;
    return result;
}

int fsync(int fd) { return watched(fd) ? sync_of(fd) : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return watched(fd) ? sync_of(fd) : (int)syscall(SYS_fdatasync, fd); }

/* Whether a write up to this place is one too many for the disk. */
static int no_room(int fd, off_t up_to) {
    struct stat info;
    if (!watched(fd) || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || up_to <= info.st_size) return 0;
    pthread_mutex_lock(&lock);
    writes++;
    int refused = full && writes >= full;
    pthread_mutex_unlock(&lock);
    if (refused) errno = ENOSPC;
    return refused;
}

/* Where a write without an offset would end. */
static off_t after(int fd, size_t length) {
    struct stat info;
    if (!ready) return 0;
    if (fcntl(fd, F_GETFL) & O_APPEND) return fstat(fd, &info) == 0 ? info.st_size + (off_t)length : 0;
    return lseek(fd, 0, SEEK_CUR) + (off_t)length;
}

static void lines(int fd, const char *bytes, size_t length) {
    if (fd != 1 || log_fd < 0) return;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\n') note('V');
}

ssize_t write(int fd, const void *bytes, size_t length) {
    lines(fd, bytes, length);
    if (no_room(fd, after(fd, length))) return -1;
    return syscall(SYS_write, fd, bytes, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        lines(fd, parts[i].iov_base, parts[i].iov_len);
        length += parts[i].iov_len;
    }
    if (no_room(fd, after(fd, length))) return -1;
    return syscall(SYS_writev, fd, parts, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    if (no_room(fd, at + (off_t)length)) return -1;
    return syscall(SYS_pwrite64, fd, bytes, length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

int ftruncate64(int fd, off64_t length) { return no_room(fd, length) ? -1 : (int)syscall(SYS_ftruncate, fd, length); }
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fallocate(int fd, int mode, off_t at, off_t length) {
    return no_room(fd, at + length) ? -1 : (int)syscall(SYS_fallocate, fd, mode, at, length);
}

int posix_fallocate(int fd, off_t at, off_t length) {
    if (no_room(fd, at + length)) return ENOSPC;
    return syscall(SYS_fallocate, fd, 0, at, length) == 0 ? 0 : errno;
}
