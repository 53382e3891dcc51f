/* Plays a kernel with room for more endpoints: the first endpoint of a list
 * comes as often as the variable ENDPOINTS says. To be loaded (LD_PRELOAD) into
 * a dynamic program that asks for the list. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/genetlink.h>
#include <linux/mptcp.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static char datagram[32768];

static ssize_t receive(int fd, struct msghdr *message, int flags)
{
	static ssize_t (*real)(int, struct msghdr *, int);

	if (!real)
		real = dlsym(RTLD_NEXT, "recvmsg");
	return real(fd, message, flags);
}

/* The length of the longer list, if fd has a list next; otherwise 0. */
static size_t play(int fd)
{
	struct iovec part = { datagram, sizeof datagram };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct nlmsghdr *first = (struct nlmsghdr *)datagram;
	struct genlmsghdr *header = NLMSG_DATA(first);
	int protocol = -1;
	socklen_t size = sizeof protocol;
	size_t length, all;

	getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size);
	if (protocol != NETLINK_GENERIC || !getenv("ENDPOINTS") ||
	    receive(fd, &message, MSG_PEEK) < (ssize_t)NLMSG_LENGTH(sizeof *header) ||
	    first->nlmsg_type == NLMSG_DONE || !(first->nlmsg_flags & NLM_F_MULTI) ||
	    header->cmd != MPTCP_PM_CMD_GET_ADDR)
		return 0;
	length = NLMSG_ALIGN(first->nlmsg_len);
	all = atoi(getenv("ENDPOINTS")) * length;
	if (all > sizeof datagram)
		abort();
	for (size_t at = length; at < all; at += length)
		memcpy(datagram + at, datagram, length);
	return all;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	size_t length = play(fd), room = message->msg_iov->iov_len;
	ssize_t got = receive(fd, message, flags);

	if (!length)
		return got;
	memcpy(message->msg_iov->iov_base, datagram, length < room ? length : room);
	message->msg_flags = length > room ? MSG_TRUNC : 0;
	return length > room && !(flags & MSG_TRUNC) ? room : length;
}

ssize_t recvfrom(int fd, void *buffer, size_t room, int flags, struct sockaddr *from,
		 socklen_t *size)
{
	struct iovec part = { buffer, room };
	struct msghdr message = { from, size ? *size : 0, &part, 1 };
	ssize_t got = recvmsg(fd, &message, flags);

	if (size)
		*size = message.msg_namelen;
	return got;
}
