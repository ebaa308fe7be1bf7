/* A disk that fails when it is told to: loaded into a program with LD_PRELOAD, every sync of it fails from the moment
 * on at which the file FAIL_WHEN is there. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failing(void) {
    const char *sign = getenv("FAIL_WHEN");
    return sign && access(sign, F_OK) == 0;
}

int fsync(int file) {
    if (failing()) return errno = EIO, -1;
    return (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    if (failing()) return errno = EIO, -1;
    return (int)syscall(SYS_fdatasync, file);
}
