#include "dns_wire.h"
#include "net_fixture.h"

extern "C" {
#include "net/dns_read.h"
}

namespace {

std::string packet(const std::string &question, int n, const std::string &rest, int authority = 0) {
    return be16(1) + be16(0x8180) + be16(1) + be16(n) + be16(authority) + be16(0) + wire_name(question) + be16(33) + be16(1) +
           rest;
}

struct Read {
    int rc;
    uint32_t absent_s = 0;
    std::vector<std::string> records;
    explicit Read(const std::string &p, net_dns_type type = NET_DNS_SRV) {
        std::string exact(p);  // its own block: a sanitizer sees what is read beyond it
        exact.shrink_to_fit();
        dns_set *set = nullptr;
        rc = dns_read(reinterpret_cast<const unsigned char *>(exact.data()), exact.size(), type, &set, &absent_s);
        EXPECT_EQ(rc == SX_OK, set != nullptr);
        for (size_t i = 0; set && i < set->n; i++) records.push_back(text_of(set->v[i]));
        dns_set_unref(set);
    }
};

TEST(DnsRead, AtMost64RecordsAreTaken) {
    std::string many;
    for (int i = 0; i < 100; i++) many += wire_rr(kQuestion, 33, 60, wire_srv(i, 0, 5060, "h.example"));
    EXPECT_EQ(64u, Read(packet("a.example", 100, many)).records.size());
}

TEST(DnsRead, WhateverIsCutOffIsNoAnswerAndNoCrash) {
    std::string whole = packet("_sip._udp.example.org", 2,
                               wire_rr(kQuestion, 33, 60, wire_srv(1, 2, 5060, "h.example")) +
                                   wire_rr(kQuestion, 33, 60, wire_srv(1, 2, 5061, "i.example")));
    EXPECT_EQ(2u, Read(whole).records.size());
    for (size_t n = 0; n < whole.size(); n++) EXPECT_EQ(SX_E_PROTOCOL, Read(whole.substr(0, n)).rc) << n;
}

TEST(DnsRead, PointersThatLeadForwardOrInCirclesAreRefused) {
    for (unsigned to : {12u, 20u, 21u, 63u, 0x3fffu}) {
        std::string p = be16(1) + be16(0x8180) + be16(1) + be16(0) + be16(0) + be16(0) + "\x07" "example" + be16(0xc000 | to) +
                        be16(33) + be16(1);
        // Into its own name: the bytes from 12 on would repeat for ever.
        EXPECT_EQ(SX_E_PROTOCOL, Read(p).rc) << to;
    }
}

TEST(DnsRead, NamesAreNeverLongerThan253Bytes) {
    std::string label(63, 'a'), name = label + "." + label + "." + label + "." + std::string(61, 'b');
    EXPECT_EQ(1u, Read(packet("a.example", 1, wire_rr(kQuestion, 33, 60, wire_srv(1, 1, 1, name)))).records.size());
    EXPECT_EQ(0u, Read(packet("a.example", 1, wire_rr(kQuestion, 33, 60, wire_srv(1, 1, 1, name + "b")))).records.size());
}

TEST(DnsRead, ANameThatHoldsLineBreaksOrADotInsideALabelIsNoTarget) {
    for (std::string bad : {"a\r\nb", "a b", "a.b", "a/b", "a%b"}) {
        std::string target = char(bad.size()) + bad + "\x07" "example" + std::string(1, 0);
        Read r(packet("a.example", 1, wire_rr(kQuestion, 33, 60, be16(1) + be16(1) + be16(5060) + target)));
        EXPECT_EQ(SX_E_DNS, r.rc) << bad;
    }
}

TEST(DnsRead, TheZonesMinimumIsForHowLongNothingIsThere) {
    std::string soa = wire_name("ns.example") + wire_name("root.example") + be32(1) + be32(2) + be32(3) + be32(4) + be32(77);
    EXPECT_EQ(77u, Read(packet("a.example", 0, wire_rr(kQuestion, 6, 900, soa), 1)).absent_s);
    EXPECT_EQ(20u, Read(packet("a.example", 0, wire_rr(kQuestion, 6, 20, soa), 1)).absent_s);
    EXPECT_EQ(0u, Read(packet("a.example", 0, "")).absent_s);
}

TEST(DnsRead, ATtlBeyond31BitsIsNone) {
    Read r(packet("a.example", 1, wire_rr(kQuestion, 33, 0x80000001u, wire_srv(1, 1, 1, "h.example"))));
    EXPECT_EQ(SX_OK, r.rc);
}

TEST(DnsRead, NaptrStringsBeyondTheRecordAreRefused) {
    std::string data = be16(1) + be16(1) + "\x01s" + "\x7fSIP+D2U";
    EXPECT_EQ(SX_E_DNS, Read(packet("a.example", 1, wire_rr(kQuestion, 35, 60, data)), NET_DNS_NAPTR).rc);
}

}  // namespace
