/* Every feature with each of its datagrams lost, doubled and overtaken in turn: programs must be told the same. */
#include "flow/mishap_scenarios.h"

namespace {

using namespace mishap;

struct Mishaps : ::testing::TestWithParam<size_t> {};

TEST_P(Mishaps, EachDatagramMayBeLostDoubledLateOrOld) { befall(scenarios[GetParam()]); }

TEST_P(Mishaps, MuchMayBeLostDoubledAndLate) { noise(scenarios[GetParam()], 40); }

INSTANTIATE_TEST_SUITE_P(Features, Mishaps, EACH_SCENARIO, name_of_scenario);

} // namespace
