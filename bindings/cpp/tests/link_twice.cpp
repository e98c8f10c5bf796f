#include <desksession.hpp>
#ifdef WITH_QT
#include <desksession_qt.hpp>
#endif
const char *from_the_other_unit();
int main() { return desksession::status_name(desksession::Status::Ok) == from_the_other_unit() ? 0 : 1; }
