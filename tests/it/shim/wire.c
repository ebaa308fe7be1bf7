/* Tells each packet that passes an interface, whichever way: what it is and where it goes to. One line each. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    unsigned char packet[65536];
    char text[INET6_ADDRSTRLEN];
    int wire = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
    struct sockaddr_ll where = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    if (argc != 2 || wire < 0) return 1;
    where.sll_ifindex = (int)if_nametoindex(argv[1]);
    if (bind(wire, (struct sockaddr *)&where, sizeof where)) return 1;
    puts("ready");
    fflush(stdout);
    for (;;) {
        ssize_t length = recv(wire, packet, sizeof packet, 0);
        /* A cable that is pulled out is an error for a moment. */
        if (length < 42) continue;
        int kind = packet[12] << 8 | packet[13];
        if (kind == ETH_P_ARP) {
            printf("arp %s\n", inet_ntop(AF_INET, packet + 38, text, sizeof text));
        } else if (kind == ETH_P_IP) {
            printf("ip4 %s\n", inet_ntop(AF_INET, packet + 30, text, sizeof text));
        } else if (kind == ETH_P_IPV6 && length >= 54) {
            printf("ip6 %s\n", inet_ntop(AF_INET6, packet + 38, text, sizeof text));
        } else {
            printf("other %04x\n", kind);
        }
        fflush(stdout);
    }
}
