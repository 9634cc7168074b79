// DNS answers as bytes.
#ifndef DNS_WIRE_H
#define DNS_WIRE_H

#include <algorithm>
#include <string>

inline std::string be16(unsigned v) { return std::string(1, char(v >> 8)) + char(v & 255); }
inline std::string be32(uint32_t v) { return be16(v >> 16) + be16(v & 0xffff); }
inline std::string wire_name(const std::string &name) {
    std::string r;
    for (size_t at = 0; at < name.size();) {
        size_t dot = std::min(name.find('.', at), name.size());
        r += char(dot - at) + name.substr(at, dot - at);
        at = dot + 1;
    }
    return r + std::string(1, 0);
}
inline std::string wire_string(const std::string &s) { return char(s.size()) + s; }
inline std::string wire_srv(unsigned prio, unsigned weight, unsigned port, const std::string &target) {
    return be16(prio) + be16(weight) + be16(port) + wire_name(target);
}
inline std::string wire_naptr(unsigned order, unsigned pref, const std::string &flags, const std::string &service,
                       const std::string &replacement, const std::string &regexp = "") {
    return be16(order) + be16(pref) + wire_string(flags) + wire_string(service) + wire_string(regexp) +
           wire_name(replacement);
}
inline std::string wire_rr(const std::string &owner, unsigned type, uint32_t ttl, const std::string &data) {
    return owner + be16(type) + be16(1) + be32(ttl) + be16(data.size()) + data;
}
static const std::string kQuestion("\xc0\x0c", 2);  // points to the question's name


#endif
