/* glibc exports these since 2.33. Before, the headers turned them into calls that every glibc still has. */
#include <sys/stat.h>

#ifdef __x86_64__
enum { STAT_VERSION = 1 };
#else
enum { STAT_VERSION = 0 };
#endif

int __xstat(int version, const char *path, struct stat *out);
int __lxstat(int version, const char *path, struct stat *out);
int __fxstat(int version, int fd, struct stat *out);

int stat(const char *path, struct stat *out) {
    return __xstat(STAT_VERSION, path, out);
}

int lstat(const char *path, struct stat *out) {
    return __lxstat(STAT_VERSION, path, out);
}

int fstat(int fd, struct stat *out) {
    return __fxstat(STAT_VERSION, fd, out);
}
