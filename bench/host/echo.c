// A bare echo: for every ASK bytes that a connection has sent it answers with GIVE bytes, and knows nothing else. It shows what the
// load generator and the system reach where no Node is in the way.
//
// usage: echo ASK GIVE           prints {"address":"127.0.0.1:PORT"}, and serves until its input ends
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536 };

static size_t asked[1 << 20]; // Bytes of the request that have come, by descriptor.
static uint8_t answer[MOST], scrap[MOST];
static size_t ask, give;
static int poller;

static void fail(const char *what) {
  fprintf(stderr, "echo: %s: %s\n", what, strerror(errno));
  exit(4);
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

static int listening(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, 511) != 0) fail("listen");
  if (getsockname(fd, (struct sockaddr *)&address, &length) != 0) fail("getsockname");
  printf("{\"address\":\"127.0.0.1:%u\"}\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void take_connections(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    asked[fd] = 0;
    watch(fd);
  }
}

static void serve(int fd) {
  ssize_t got = recv(fd, scrap, sizeof scrap, 0);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) close(fd);
    return;
  }
  // An answer always fits into the socket's buffer: whoever asks has read the one before.
  for (asked[fd] += (size_t)got; asked[fd] >= ask; asked[fd] -= ask) send(fd, answer, give, MSG_NOSIGNAL);
}

// What the load generator takes for a grant.
static void write_answer(void) {
  const uint8_t message[] = {0xa4, 0, 1, 1, 2};
  uint32_t length = (uint32_t)give - 4;
  for (int at = 0; at < 4; at++) answer[at] = (uint8_t)(length >> (24 - 8 * at));
  memcpy(answer + 4, message, sizeof message);
}

int main(int count, char **arguments) {
  ask = count == 3 ? strtoul(arguments[1], NULL, 10) : 0;
  give = count == 3 ? strtoul(arguments[2], NULL, 10) : 0;
  if (ask == 0 || give < 9 || give > MOST) return fputs("usage: echo ASK GIVE (9 to 65536)\n", stderr), 2;
  write_answer();
  poller = epoll_create1(0);
  int listener = listening();
  watch(listener);
  watch(STDIN_FILENO);
  for (struct epoll_event events[256];;) {
    int ready = epoll_wait(poller, events, 256, -1);
    for (int at = 0; at < ready; at++) {
      int fd = events[at].data.fd;
      if (fd == STDIN_FILENO) return 0;
      if (fd == listener) take_connections(listener);
      else serve(fd);
    }
  }
}
