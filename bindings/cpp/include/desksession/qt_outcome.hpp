// desksession for Qt 5.15 and 6: faults as values. Part of desksession_qt.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0

#ifndef DESKSESSION_QT_OUTCOME_HPP
#define DESKSESSION_QT_OUTCOME_HPP

#include <desksession.hpp>

#include <type_traits>

namespace desksession::qt {

// What a call came to: its answer, or its fault as a value, since Qt's event loop must not be thrown through.
template <class Answered>
class [[nodiscard]] Outcome {
public:
    explicit Outcome(Answered answer) : answer_(std::move(answer)) {}
    explicit Outcome(Error fault) : fault_(std::move(fault)) {}

    // Yes alone.
    explicit operator bool() const noexcept { return answer_ && *answer_; }
    Status status() const noexcept { return answer_ ? answer_->status() : fault_->status(); }
    // NULL where the call was carried out, whatever it answered.
    const Error *fault() const noexcept { return fault_ ? &*fault_ : nullptr; }
    // Throws the fault where there is one.
    Answered &answer() {
        if (fault_) throw *fault_;
        return *answer_;
    }
    auto operator->() { return &answer().value(); }

private:
    std::optional<Answered> answer_;
    std::optional<Error> fault_;
};

// Makes a call that returns an Answer or a Result.
template <class Call>
auto attempt(Call call) -> Outcome<std::invoke_result_t<Call &>> {
    using Found = Outcome<std::invoke_result_t<Call &>>;
    try {
        return Found(call());
    } catch (const Error &fault) {
        return Found(fault);
    } catch (const std::exception &other) {
        return Found(Error(Status::Internal, other.what()));
    }
}

}  // namespace desksession::qt

#endif
