/*
 * Remembers, for every file below SHIM_DIR, what a disk would hold if the power failed now: only what was synced. Preloaded into the
 * process under test; after a kill -9 restore.ts puts the files back to that.
 *
 *   SHIM_DIR           the folder that is watched
 *   SHIM_SHADOW        an empty folder elsewhere, for what is synced:
 *                        data/<inode>-<birth>   content as of the last fsync of the file
 *                        dirs/<n>.list          a folder's path, then a line for each file in it, as of the last fsync of the folder
 *   SHIM_IGNORE_FSYNC  1: an fsync does nothing and says that it has
 *
 * The strictest reading of POSIX: a file's data lasts with an fsync of the file, its name with one of its folder. What was there at the
 * start counts as synced. Subfolders themselves are not followed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define TABLE 4096
#define WHOLE (256 * 1024)

struct file {
  ino_t ino;
  dev_t dev;
  int known;   /* 1: below SHIM_DIR, -1: not */
  off_t from;  /* written since the last sync */
  off_t to;
};

static char watched[4096];
static char shadow[2048];
static int ignoring;
static struct file table[TABLE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static ssize_t (*real_pwritev64)(int, const struct iovec *, int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static void fail(const char *what, const char *path) {
  fprintf(stderr, "power shim: %s %s: %s\n", what, path, strerror(errno));
  abort();
}

static void data_path(char *to, const char *path, int fd) {
  struct statx st;
  int r = fd >= 0 ? statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &st)
                  : statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &st);
  if (r != 0) fail("statx", path);
  /* Inode numbers are used again. */
  snprintf(to, 4096, "%s/data/%llu-%lld.%u", shadow, (unsigned long long)st.stx_ino, (long long)st.stx_btime.tv_sec,
           st.stx_btime.tv_nsec);
}

static void copy_range(int from, const char *to_path, off_t begin, off_t end, off_t size) {
  static char bytes[1 << 16];
  int to = open(to_path, O_WRONLY | O_CREAT, 0600);
  if (to < 0) fail("open", to_path);
  for (off_t at = begin; at < end;) {
    size_t wanted = end - at < (off_t)sizeof bytes ? (size_t)(end - at) : sizeof bytes;
    ssize_t got = pread(from, bytes, wanted, at);
    if (got <= 0) break;
    if (real_pwrite64(to, bytes, (size_t)got, at) != got) fail("write", to_path);
    at += got;
  }
  if (ftruncate(to, size) != 0) fail("truncate", to_path);
  close(to);
}

/* The names in a folder become those that last. */
static void keep_names(const char *folder) {
  char temp[4096], target[4096], path[8192], data[4096];
  unsigned hash = 5381;
  for (const char *c = folder; *c; c++) hash = hash * 33 + (unsigned char)*c;
  snprintf(temp, sizeof temp, "%s/dirs/%u.next", shadow, hash);
  snprintf(target, sizeof target, "%s/dirs/%u.list", shadow, hash);
  DIR *dir = opendir(folder);
  if (dir == NULL) return;
  FILE *list = fopen(temp, "w");
  if (list == NULL) fail("open", temp);
  fprintf(list, "%s\n", folder);
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    if (entry->d_type != DT_REG) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    struct stat st;
    if (stat(path, &st) != 0) continue;
    data_path(data, path, -1);
    fprintf(list, "%s\t%s\n", strrchr(data, '/') + 1, entry->d_name);
  }
  fclose(list);
  closedir(dir);
  if (rename(temp, target) != 0) fail("rename", target);
}

/* What is there at the start. */
static void keep_all(const char *folder) {
  DIR *dir = opendir(folder);
  if (dir == NULL) return;
  char path[8192], data[4096];
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_type == DT_DIR) keep_all(path);
    if (entry->d_type != DT_REG) continue;
    int fd = open(path, O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) fail("open", path);
    data_path(data, path, fd);
    copy_range(fd, data, 0, st.st_size, st.st_size);
    close(fd);
  }
  closedir(dir);
  keep_names(folder);
}

static int is_below(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, 4095);
  if (length <= 0) return 0;
  path[length] = 0;
  size_t prefix = strlen(watched);
  return strncmp(path, watched, prefix) == 0 && (path[prefix] == '/' || path[prefix] == 0);
}

/* With the lock held. NULL: not of interest. */
static struct file *file_of(int fd, struct stat *st) {
  if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) return NULL;
  for (unsigned i = 0; i < TABLE; i++) {
    struct file *file = &table[(st->st_ino + i) % TABLE];
    if (file->known != 0 && (file->ino != st->st_ino || file->dev != st->st_dev)) continue;
    if (file->known == 0) {
      char path[4096];
      file->ino = st->st_ino;
      file->dev = st->st_dev;
      file->known = is_below(fd, path) ? 1 : -1;
      file->from = file->to = 0;
    }
    return file->known == 1 ? file : NULL;
  }
  fprintf(stderr, "power shim: too many files\n");
  abort();
}

static void wrote(int fd, off_t at, ssize_t count) {
  if (count <= 0 || watched[0] == 0) return;
  int before = errno;
  struct stat st;
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd, &st);
  if (file != NULL) {
    if (at < 0) at = lseek(fd, 0, SEEK_CUR) - count;
    if (file->from == file->to) {
      file->from = at;
      file->to = at + count;
    } else {
      if (at < file->from) file->from = at;
      if (at + count > file->to) file->to = at + count;
    }
  }
  pthread_mutex_unlock(&lock);
  errno = before;
}

static void synced(int fd) {
  char path[4096], data[4096];
  struct stat st;
  pthread_mutex_lock(&lock);
  if (fstat(fd, &st) == 0 && is_below(fd, path)) {
    if (S_ISDIR(st.st_mode)) keep_names(path);
    else if (S_ISREG(st.st_mode)) {
      struct file *file = file_of(fd, &st);
      data_path(data, path, fd);
      off_t from = file->from, to = file->to;
      file->from = file->to = 0;
      if (st.st_size <= WHOLE || access(data, F_OK) != 0) from = 0, to = st.st_size;
      /* The descriptor of the caller may be for writing alone. */
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      int reader = open(link, O_RDONLY);
      if (reader < 0) fail("open", path);
      copy_range(reader, data, from, to, st.st_size);
      close(reader);
    }
  }
  pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void begin(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev");
  real_pwritev64 = dlsym(RTLD_NEXT, "pwritev64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  const char *folder = getenv("SHIM_DIR"), *keep = getenv("SHIM_SHADOW"), *off = getenv("SHIM_IGNORE_FSYNC");
  if (folder == NULL || keep == NULL) return;
  ignoring = off != NULL && strcmp(off, "1") == 0;
  snprintf(shadow, sizeof shadow, "%s", keep);
  char path[8192];
  snprintf(path, sizeof path, "%s/data", shadow);
  if (mkdir(path, 0700) != 0) return; /* A process of the one that is watched. */
  snprintf(path, sizeof path, "%s/dirs", shadow);
  mkdir(path, 0700);
  char *whole = realpath(folder, NULL);
  if (whole == NULL) fail("realpath", folder);
  keep_all(whole);
  snprintf(watched, sizeof watched, "%s", whole);
  free(whole);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  ssize_t done = real_write(fd, bytes, count);
  wrote(fd, -1, done);
  return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  ssize_t done = real_writev(fd, parts, count);
  wrote(fd, -1, done);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  ssize_t done = real_pwrite(fd, bytes, count, at);
  wrote(fd, at, done);
  return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  ssize_t done = real_pwrite64(fd, bytes, count, at);
  wrote(fd, at, done);
  return done;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  ssize_t done = real_pwritev(fd, parts, count, at);
  wrote(fd, at, done);
  return done;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  ssize_t done = real_pwritev64(fd, parts, count, at);
  wrote(fd, at, done);
  return done;
}

int fsync(int fd) {
  if (watched[0] == 0) return real_fsync(fd);
  if (ignoring) return 0;
  int result = real_fsync(fd);
  if (result == 0) synced(fd);
  return result;
}

int fdatasync(int fd) {
  if (watched[0] == 0) return real_fdatasync(fd);
  if (ignoring) return 0;
  int result = real_fdatasync(fd);
  if (result == 0) synced(fd);
  return result;
}
