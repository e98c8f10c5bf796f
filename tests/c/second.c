// A second unit that includes the header alone: it needs nothing else, and two units with it link.
#include "desksession.h"

uint32_t abi_seen_by_the_second_unit(void)
{
    return session_abi_version() == SESSION_ABI_VERSION ? SESSION_ABI_VERSION : 0;
}
