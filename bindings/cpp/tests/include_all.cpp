// With link_twice.cpp: two units of one program include every header.
#include <desksession.hpp>
#ifdef WITH_QT
#include <desksession_qt.hpp>
#endif
const char *from_the_other_unit() { return desksession::status_name(desksession::Status::Ok); }
