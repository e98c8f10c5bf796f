// desksession for Qt 5.15 and 6, over desksession.hpp. Header-only, needs no moc and of Qt only Core.
//
// AsyncStore makes the calls that hash on a worker thread; SessionGuard holds the token of whoever is signed in, takes keys and
// mouse for activity, warns before the end and tells of it; attempt makes any other call, faults as values.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_QT_HPP
#define DESKSESSION_QT_HPP

#include <desksession/qt_async.hpp>
#include <desksession/qt_guard.hpp>
#include <desksession/qt_outcome.hpp>
#include <desksession/qt_text.hpp>

#endif
