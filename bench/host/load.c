// Drives a host with prepared requests and measures the answers.
//
// usage: load address=127.0.0.1:1688 requests=FILE [first=0] [count=ALL] [mode=fresh|open] [connections=50] [rate=0] [seconds=10]
//             [linger=0] [gentle=0] [repeat=0] [sources=64] [net=1] [save=FILE] [every=1]
//
// FILE is frames, one behind the other, as they go over the wire: a length of four bytes, most significant first, and one message.
//   fresh   connect, one frame, one answer, close; `connections` of them in flight
//   open    `connections` stay open, with one request in flight on each
//   rate    requests a second that are due whether or not answers come (0: as fast as answers come); latency counts from the moment
//           a request was due, so that a host that stalls cannot hide it
//   linger  seconds for which answers are waited for once no more requests are begun (0: until ten seconds bring none); with a rate
//   gentle  sleeps until the next request is due instead of looking at the clock, where another program drives the host from the same
//           core; requests then leave some 50 microseconds late; with a rate
//   repeat  begins again when all requests are used up: for an echo, which does not care
//   sources local addresses that connections come from in turn, because one has no more than 28,000 ports
//   net     the network that these are of: 127.NET.0.1 and on
//   save    every `every`th answer goes there behind the number of its request and its length, four bytes each
//
// Prints one line of JSON. Exit status 2 for wrong usage, 4 for what the system refuses.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 4, ANSWER = 65536 + HEADER, KINDS = 16, MOST_CONNECTIONS = 65536 };

struct frame {
  const uint8_t *bytes;
  uint32_t length;
};

struct connection {
  int fd;
  bool is_busy;
  uint32_t request;
  double begun; // Seconds, of the moment from which latency counts.
  size_t sent;
  size_t filled;
  uint8_t *answer;
};

static struct {
  struct sockaddr_in address;
  const char *requests, *save;
  uint32_t first, count, connections, sources, net, every;
  double rate, seconds, linger;
  bool is_fresh, is_gentle, repeats;
} options = {.count = UINT32_MAX, .connections = 50, .sources = 64, .net = 1, .every = 1, .seconds = 10, .is_fresh = true};

static struct frame *frames;
static uint32_t frame_count;
static struct connection *connections;
static int poller;

static uint64_t begun, answered, failed, kinds[KINDS + 1], bytes_out, bytes_in;
static float *latencies; // Microseconds.
static uint64_t latency_room;
static double start, last;
static uint8_t *saved;
static size_t saved_length, saved_room;

static void fail(int status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(status);
}

static void *taken(void *memory) {
  if (memory == NULL) fail(4, "out of memory");
  return memory;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put_big_endian(uint8_t *bytes, uint32_t value) {
  for (int at = 0; at < 4; at++) bytes[at] = (uint8_t)(value >> (24 - 8 * at));
}

// --- What is asked for ---

static void parse_address(char *value) {
  char *colon = strrchr(value, ':');
  if (colon == NULL) fail(2, "\"%s\" is no ADDRESS:PORT", value);
  *colon = 0;
  options.address.sin_family = AF_INET;
  options.address.sin_port = htons((uint16_t)atoi(colon + 1));
  if (inet_pton(AF_INET, value, &options.address.sin_addr) != 1) fail(2, "\"%s\" is no IPv4 address", value);
}

static void parse_option(const char *name, char *value) {
  if (strcmp(name, "address") == 0) parse_address(value);
  else if (strcmp(name, "requests") == 0) options.requests = value;
  else if (strcmp(name, "save") == 0) options.save = value;
  else if (strcmp(name, "mode") == 0) options.is_fresh = strcmp(value, "fresh") == 0;
  else if (strcmp(name, "first") == 0) options.first = (uint32_t)strtoul(value, NULL, 10);
  else if (strcmp(name, "count") == 0) options.count = (uint32_t)strtoul(value, NULL, 10);
  else if (strcmp(name, "connections") == 0) options.connections = (uint32_t)strtoul(value, NULL, 10);
  else if (strcmp(name, "sources") == 0) options.sources = (uint32_t)strtoul(value, NULL, 10);
  else if (strcmp(name, "net") == 0) options.net = (uint32_t)strtoul(value, NULL, 10);
  else if (strcmp(name, "every") == 0) options.every = (uint32_t)strtoul(value, NULL, 10);
  else if (strcmp(name, "rate") == 0) options.rate = strtod(value, NULL);
  else if (strcmp(name, "seconds") == 0) options.seconds = strtod(value, NULL);
  else if (strcmp(name, "linger") == 0) options.linger = strtod(value, NULL);
  else if (strcmp(name, "gentle") == 0) options.is_gentle = atoi(value) != 0;
  else if (strcmp(name, "repeat") == 0) options.repeats = atoi(value) != 0;
  else fail(2, "there is no option \"%s\"", name);
}

static void parse_options(int count, char **arguments) {
  for (int at = 1; at < count; at++) {
    char *sign = strchr(arguments[at], '=');
    if (sign == NULL) fail(2, "\"%s\" is no NAME=VALUE", arguments[at]);
    *sign = 0;
    parse_option(arguments[at], sign + 1);
  }
  if (options.requests == NULL || options.address.sin_port == 0) fail(2, "address and requests are needed");
  if (options.connections == 0 || options.connections > MOST_CONNECTIONS) fail(2, "connections is 1 to %d", MOST_CONNECTIONS);
  if (options.net > 255) fail(2, "net is 0 to 255");
  if (options.sources == 0 || options.sources > 250 || options.every == 0) fail(2, "sources is 1 to 250, every 1 or more");
}

// --- The requests ---

static void read_frames(void) {
  int file = open(options.requests, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) fail(4, "%s: %s", options.requests, strerror(errno));
  size_t length = (size_t)status.st_size;
  if (length == 0) fail(4, "%s is empty", options.requests);
  // Read in now, so that no page is fetched from the disk under load.
  const uint8_t *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (bytes == MAP_FAILED) fail(4, "%s: %s", options.requests, strerror(errno));
  size_t room = 0;
  for (size_t at = 0; at + HEADER <= length; frame_count++) {
    uint32_t whole = big_endian(bytes + at) + HEADER;
    if (at + whole > length) fail(4, "%s ends within a frame", options.requests);
    if (frame_count == room) frames = taken(realloc(frames, (room = 2 * room + 1024) * sizeof *frames));
    frames[frame_count] = (struct frame){bytes + at, whole};
    at += whole;
  }
  close(file);
  if (options.first >= frame_count) fail(2, "%s has only %u requests", options.requests, frame_count);
  if (options.count > frame_count - options.first) options.count = frame_count - options.first;
}

// --- The answers ---

// An answer of ours begins with {0: 1, 1: kind, …}; anything else is counted as kind 0.
static uint32_t kind_of(const uint8_t *answer, size_t length) {
  const uint8_t *message = answer + HEADER;
  bool is_ours = length >= HEADER + 5 && message[0] >> 5 == 5 && message[1] == 0 && message[2] == 1 && message[3] == 1;
  return is_ours && message[4] < KINDS ? message[4] : 0;
}

static void save_answer(const struct connection *one) {
  if (options.save == NULL || one->request % options.every != 0) return;
  while (saved_length + one->filled + HEADER > saved_room) saved = taken(realloc(saved, saved_room = 2 * saved_room + (1 << 20)));
  put_big_endian(saved + saved_length, one->request);
  memcpy(saved + saved_length + HEADER, one->answer, one->filled); // Its own header is its length.
  saved_length += one->filled + HEADER;
}

static void note_latency(double seconds) {
  if (answered == latency_room) latencies = taken(realloc(latencies, (latency_room = 2 * latency_room + 65536) * sizeof *latencies));
  latencies[answered] = (float)(seconds * 1e6);
}

static void take_answer(struct connection *one) {
  last = now();
  note_latency(last - one->begun);
  answered++;
  kinds[kind_of(one->answer, one->filled)]++;
  bytes_in += one->filled;
  save_answer(one);
}

// --- The connections ---

static void close_connection(struct connection *one) {
  if (one->fd >= 0) close(one->fd);
  one->fd = -1;
}

static void open_connection(struct connection *one, uint64_t number) {
  one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one->fd < 0) fail(4, "socket: %s", strerror(errno));
  int on = 1;
  setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(one->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  struct sockaddr_in source = {.sin_family = AF_INET};
  source.sin_addr.s_addr = htonl(0x7f000001u + (options.net << 16) + (uint32_t)(number % options.sources));
  if (bind(one->fd, (struct sockaddr *)&source, sizeof source) != 0) fail(4, "bind: %s", strerror(errno));
  if (connect(one->fd, (struct sockaddr *)&options.address, sizeof options.address) != 0 && errno != EINPROGRESS)
    fail(4, "connect: %s", strerror(errno));
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = one};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, one->fd, &event) != 0) fail(4, "epoll_ctl: %s", strerror(errno));
}

static void send_rest(struct connection *one) {
  const struct frame *frame = &frames[one->request];
  while (one->sent < frame->length) {
    ssize_t done = send(one->fd, frame->bytes + one->sent, frame->length - one->sent, MSG_NOSIGNAL);
    if (done < 0) return; // Not connected yet, or no room: the next event tells. An error shows when it is read.
    one->sent += (size_t)done;
    bytes_out += (uint64_t)done;
  }
}

static void begin(struct connection *one, double due) {
  one->is_busy = true;
  one->request = options.first + (uint32_t)(begun % options.count);
  one->begun = due;
  one->sent = one->filled = 0;
  if (one->fd < 0) open_connection(one, begun);
  else send_rest(one);
  begun++;
}

static void give_up(struct connection *one) {
  failed++;
  one->is_busy = false;
  close_connection(one);
}

static bool is_whole(const struct connection *one) {
  return one->filled >= HEADER && one->filled >= big_endian(one->answer) + HEADER;
}

// Reads what is there. Says whether the request has come to its end, with an answer or without one.
static bool receive(struct connection *one) {
  ssize_t got = recv(one->fd, one->answer + one->filled, ANSWER - one->filled, 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
  if (got <= 0) {
    if (!one->is_busy) { // An open connection that the host has closed: the next request opens it again.
      close_connection(one);
      return false;
    }
    give_up(one);
    return true;
  }
  one->filled += (size_t)got;
  if (!is_whole(one)) return false;
  take_answer(one);
  one->is_busy = false;
  if (options.is_fresh) close_connection(one);
  return true;
}

// --- The run ---

static bool may_begin(void) {
  return (options.repeats || begun < options.count) && now() - start < options.seconds;
}

static struct connection *idle_connection(void) {
  static uint32_t next;
  for (uint32_t tried = 0; tried < options.connections; tried++) {
    struct connection *one = &connections[next++ % options.connections];
    if (!one->is_busy) return one;
  }
  return NULL;
}

// Begins what is due by the clock. Gives the seconds until there is more to do.
static double begin_due(void) {
  for (;;) {
    double due = start + (double)begun / options.rate;
    if (due - start >= options.seconds || (!options.repeats && begun >= options.count)) return 0.01;
    double ahead = due - now();
    if (ahead > 0) return ahead;
    struct connection *one = idle_connection();
    if (one == NULL) return 0.01; // All are waiting: what is due waits too, and its latency grows.
    begin(one, due);
  }
}

// Waits for events, and for no longer than some seconds.
static int await_events(struct epoll_event *events, int most, double seconds) {
  if (!options.is_gentle) {
    // To wake up takes longer than to look at the clock for the last two milliseconds.
    int milliseconds = seconds >= 0.01 ? (int)(seconds * 1e3) : seconds > 0.002 ? 1 : 0;
    return epoll_wait(poller, events, most, milliseconds);
  }
  struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
  struct pollfd ready = {.fd = poller, .events = POLLIN};
  ppoll(&ready, 1, &time, NULL);
  return epoll_wait(poller, events, most, 0);
}

static uint32_t busy_connections(void) {
  uint32_t busy = 0;
  for (uint32_t at = 0; at < options.connections; at++) busy += connections[at].is_busy;
  return busy;
}

static bool is_over(void) {
  if (options.rate > 0) {
    bool is_due = (double)begun / options.rate < options.seconds && (options.repeats || begun < options.count);
    if (options.linger > 0 && now() - start > options.seconds + options.linger) return true;
    return (!is_due || now() - start > options.seconds + 10) && busy_connections() == 0;
  }
  return begun == answered + failed;
}

static void handle(struct connection *one, uint32_t events) {
  if (one->fd < 0) return;
  if (one->is_busy && (events & EPOLLOUT) != 0) send_rest(one);
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) == 0) return;
  if (receive(one) && options.rate == 0 && may_begin()) begin(one, now());
}

static void run(void) {
  struct epoll_event events[256];
  start = last = now();
  if (options.rate == 0)
    for (uint32_t at = 0; at < options.connections && may_begin(); at++) begin(&connections[at], now());
  double timeout = 0.1;
  double quiet = start;
  uint64_t before = 0;
  while (!is_over()) {
    if (options.rate > 0) timeout = begin_due();
    int count = await_events(events, 256, timeout);
    for (int at = 0; at < count; at++) handle(events[at].data.ptr, events[at].events);
    if (answered + failed != before) quiet = now();
    before = answered + failed;
    if (now() - quiet > 10 && begun != before) fail(4, "no answer for ten seconds; %lu of %lu requests have one", answered, begun);
  }
}

static void prepare_connections(void) {
  connections = taken(calloc(options.connections, sizeof *connections));
  for (uint32_t at = 0; at < options.connections; at++) {
    connections[at].fd = -1;
    connections[at].answer = taken(malloc(ANSWER));
  }
  prctl(PR_SET_TIMERSLACK, 1UL); // Nanoseconds: what is due is due now.
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) fail(4, "epoll_create1: %s", strerror(errno));
}

// --- The report ---

static int by_size(const void *a, const void *b) {
  float one = *(const float *)a, other = *(const float *)b;
  return (one > other) - (one < other);
}

static double quantile(double part) {
  return answered == 0 ? 0 : (double)latencies[(uint64_t)(part * (double)(answered - 1))];
}

static void write_saved(void) {
  if (options.save == NULL) return;
  FILE *file = fopen(options.save, "wb");
  if (file == NULL || fwrite(saved, 1, saved_length, file) != saved_length || fclose(file) != 0)
    fail(4, "%s: %s", options.save, strerror(errno));
}

static void report(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  double seconds = last - start;
  if (answered > 0) qsort(latencies, answered, sizeof *latencies, by_size);
  printf("{\"asked\":%lu,\"answered\":%lu,\"failed\":%lu,\"grants\":%lu,\"challenges\":%lu,\"refusals\":%lu,\"others\":%lu,", begun,
         answered, failed, kinds[2], kinds[3], kinds[11], answered - kinds[2] - kinds[3] - kinds[11]);
  printf("\"seconds\":%.6f,\"perSecond\":%.1f,\"bytesOut\":%lu,\"bytesIn\":%lu,", seconds,
         seconds > 0 ? (double)answered / seconds : 0, bytes_out, bytes_in);
  printf("\"micros\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f},\"cpuSeconds\":%.3f}\n", quantile(0.5),
         quantile(0.9), quantile(0.99), quantile(0.999), quantile(1), cpu);
}

int main(int count, char **arguments) {
  parse_options(count, arguments);
  read_frames();
  prepare_connections();
  run();
  write_saved();
  report();
  return 0;
}
