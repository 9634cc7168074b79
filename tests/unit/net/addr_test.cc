#include "net_fixture.h"

namespace {

std::string written(void (*fn)(const net_addr *, sx_buf *), const net_addr &a) {
    sx_buf b;
    sx_buf_init(&b);
    fn(&a, &b);
    std::string s(b.p ? b.p : "", b.n);
    sx_buf_free(&b);
    return s;
}

TEST(Addr, ReadsAndWritesWhatPeopleType) {
    for (const char *t : {"192.0.2.1:5060", "[2001:db8::1]:5061", "0.0.0.0:0", "[::]:65535"}) {
        net_addr a = addr(t);
        EXPECT_EQ(t, text_of(&a));
    }
    net_addr a;
    ASSERT_TRUE(net_addr_parse(&a, SX_LIT("192.0.2.1"), 5060));
    EXPECT_EQ("192.0.2.1:5060", text_of(&a));
    ASSERT_TRUE(net_addr_parse(&a, SX_LIT("2001:db8::1"), 5060));
    EXPECT_EQ("[2001:db8::1]:5060", text_of(&a));
    EXPECT_EQ("[2001:db8::1]", written(net_addr_write_uri_host, a));
    EXPECT_EQ("2001:db8::1", written(net_addr_write_host, a));
    ASSERT_TRUE(net_addr_parse(&a, SX_LIT("[fe80::1%1]:5"), 0));
    EXPECT_EQ("[fe80::1%1]:5", text_of(&a));
    EXPECT_EQ("[fe80::1]", written(net_addr_write_uri_host, a));
}

TEST(Addr, RefusesWhatIsNoAddress) {
    net_addr a;
    for (const char *t : {"", ":", "1.2.3", "127.1", "1.2.3.256", "1.2.3.4.5", "01x.2.3.4", "example.com", "[1.2.3.4]",
                          "[::1", "::1]", "[::1]x", "[::1]:", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:5x",
                          "1.2.3.4%1", "[fe80::1%]", "[fe80::1%nonesuch0]", "1:2:3", "[]", "12345678901234567890.1.1.1"})
        EXPECT_FALSE(net_addr_parse(&a, sx_slice_str(t), 5060)) << t;
    EXPECT_FALSE(net_addr_parse_host(&a, sx_slice_of("1.2.3.4\0", 8), 0));
}

TEST(Addr, MappedAddressesAreIpv4) {
    net_addr a = addr("[::ffff:192.0.2.1]:5060"), b = addr("192.0.2.1:5060");
    EXPECT_TRUE(net_addr_eq(&a, &b));
    EXPECT_EQ(net_addr_hash(&a), net_addr_hash(&b));
    EXPECT_FALSE(net_addr_is_v6(&a));
}

TEST(Addr, ComparesHostsAndPorts) {
    net_addr a = addr("192.0.2.1:1"), b = addr("192.0.2.1:2"), c = addr("192.0.2.2:1"), n = net_addr_none();
    EXPECT_FALSE(net_addr_eq(&a, &b));
    EXPECT_TRUE(net_addr_eq_host(&a, &b));
    EXPECT_LT(net_addr_cmp(&a, &b), 0);
    EXPECT_LT(net_addr_cmp(&b, &c), 0);
    EXPECT_GT(net_addr_cmp(&c, &a), 0);
    EXPECT_NE(net_addr_hash(&a), net_addr_hash(&b));
    EXPECT_FALSE(net_addr_eq(&a, &n));
    EXPECT_EQ("none", text_of(&n));
}

TEST(Addr, KnowsWhatIsPrivate) {
    for (const char *t : {"10.1.2.3:0", "172.16.0.1:0", "172.31.255.255:0", "192.168.1.1:0", "100.64.0.1:0",
                          "100.127.255.255:0", "169.254.1.1:0", "127.0.0.1:0", "[::1]:0", "[fd00::1]:0", "[fe80::1]:0"}) {
        net_addr a = addr(t);
        EXPECT_TRUE(net_addr_is_private(&a)) << t;
    }
    for (const char *t : {"9.255.255.255:0", "172.15.0.1:0", "172.32.0.1:0", "100.63.0.1:0", "100.128.0.1:0",
                          "192.0.2.1:0", "[2001:db8::1]:0"}) {
        net_addr a = addr(t);
        EXPECT_FALSE(net_addr_is_private(&a)) << t;
    }
    net_addr any = net_addr_any(NET_V6, 1), lo = net_addr_loopback(NET_V4, 1), m = addr("224.0.0.1:1");
    EXPECT_TRUE(net_addr_is_any(&any));
    EXPECT_TRUE(net_addr_is_loopback(&lo));
    EXPECT_TRUE(net_addr_is_multicast(&m));
}

TEST(Addr, SourceTowardsLoopbackIsLoopback) {
    net_addr dst = addr("127.0.0.1:5060"), src;
    ASSERT_EQ(SX_OK, net_addr_source_for(&dst, &src));
    EXPECT_EQ("127.0.0.1:0", text_of(&src));
}

}  // namespace
