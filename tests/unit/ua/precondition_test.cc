#include <gtest/gtest.h>

#include <string>

extern "C" {
#include "ua/precondition.h"
}

namespace {

std::string audio(const std::string &lines, int port = 4000) {
    return "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio " + std::to_string(port) +
           " RTP/AVP 0\r\n" + lines;
}

struct Read {
    precondition p;
    std::string lines;
    explicit Read(const std::string &sdp) {
        precondition_read(sx_slice_of(sdp.data(), sdp.size()), &p);
        lines = std::string(p.lines.p ? p.lines.p : "", p.lines.n);
    }
};

TEST(Precondition, WithoutSuchLinesNothingIsWaitedForOrSaid) {
    Read r(audio("a=sendrecv\r\n"));
    EXPECT_FALSE(r.p.used);
    EXPECT_TRUE(r.p.met);
    EXPECT_EQ(r.lines, "");
}

TEST(Precondition, TheAnswerTurnsSegmentsAndDirectionsRound) { /* RFC 3312 13.1 */
    Read r(audio("a=curr:qos local none\r\na=curr:qos remote none\r\na=des:qos mandatory local sendrecv\r\n"
                 "a=des:qos none remote sendrecv\r\n"));
    EXPECT_TRUE(r.p.used);
    EXPECT_FALSE(r.p.met);
    EXPECT_EQ(r.lines, "curr:qos local sendrecv\ncurr:qos remote none\ndes:qos mandatory remote sendrecv\n"
                       "des:qos none local sendrecv\nconf:qos remote sendrecv\n");
    Read one(audio("a=curr:qos local send\r\na=des:qos mandatory local sendrecv\r\n"));
    EXPECT_FALSE(one.p.met);
    EXPECT_NE(one.lines.find("curr:qos remote recv\n"), std::string::npos) << one.lines;
    EXPECT_NE(one.lines.find("conf:qos remote send\n"), std::string::npos) << "only what is missing";
}

TEST(Precondition, IsMetByWhatIsReservedAndByWhatIsOnlyOptional) {
    EXPECT_TRUE(Read(audio("a=curr:qos local sendrecv\r\na=des:qos mandatory local sendrecv\r\n")).p.met);
    EXPECT_TRUE(Read(audio("a=curr:qos local none\r\na=des:qos optional local sendrecv\r\n")).p.met);
    EXPECT_TRUE(Read(audio("a=curr:qos local none\r\na=des:qos mandatory remote sendrecv\r\n")).p.met) << "that is us";
    EXPECT_FALSE(Read(audio("a=curr:qos e2e none\r\na=des:qos mandatory e2e sendrecv\r\n")).p.met);
    EXPECT_TRUE(Read(audio("a=curr:qos e2e sendrecv\r\na=des:qos mandatory e2e sendrecv\r\n")).p.met);
}

TEST(Precondition, OnlyTheAudioLineInUseCounts) {
    std::string lines = "a=curr:qos local none\r\na=des:qos mandatory local sendrecv\r\n";
    EXPECT_FALSE(Read(audio(lines, 0)).p.used);
    EXPECT_FALSE(Read(audio("") + "m=video 5000 RTP/AVP 96\r\n" + lines).p.used);
    EXPECT_FALSE(Read("v=0\r\n" + lines + "m=audio 4 RTP/AVP 0\r\n").p.used);
}

TEST(Precondition, NonsenseIsNotRead) {
    for (const char *l :
         {"a=curr:qos\r\n", "a=curr:\r\n", "a=des:qos mandatory local\r\n", "a=des:qos must local send\r\n",
          "a=curr:sec local none\r\n", "a=curr:qos near none\r\n", "a=des:", "a=curr:qos local both\r\n"}) {
        Read r(audio(l));
        EXPECT_FALSE(r.p.used) << l;
        EXPECT_TRUE(r.p.met) << l;
    }
    std::string many;
    for (int i = 0; i < 5000; i++) many += "a=des:qos mandatory local send\r\na=des:qos optional remote recv\r\n";
    EXPECT_FALSE(Read(audio(many)).p.met);
}

} // namespace
