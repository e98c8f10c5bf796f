// The binding names every number, struct and function of the C header, and the library agrees.
#include "support.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

using namespace desksession;
using namespace support;

static std::string read(const std::filesystem::path &path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    CHECK(!text.str().empty());
    return text.str();
}

static std::vector<std::smatch> all(const std::string &text, const char *pattern) {
    const std::regex regex(pattern);
    return {std::sregex_iterator(text.begin(), text.end(), regex), std::sregex_iterator()};
}

static const std::string header = read(SOURCE "/../../include/desksession.h");
static const std::string binding = read(SOURCE "/include/desksession.hpp") + read(SOURCE "/include/desksession/answer.hpp") +
                                   read(SOURCE "/include/desksession/secret.hpp") +
                                   read(SOURCE "/include/desksession/values.hpp");

static bool names(const std::string &name) { return std::regex_search(binding, std::regex("\\b" + name + "\\b")); }

// "BAD_CREDENTIALS" -> "BadCredentials"
static std::string camel(const std::string &name) {
    std::string text;
    for (std::size_t i = 0; i < name.size(); i++) {
        if (name[i] == '_') continue;
        text += i == 0 || name[i - 1] == '_' ? name[i] : static_cast<char>(std::tolower(name[i]));
    }
    return text;
}

// Buffers that C++ has no need of: the structs carry them, and their accessors return std::string.
static bool is_buffer(const std::string &name) {
    static const char *const buffers[] = {"NAME_SIZE",  "LABEL_SIZE",  "DETAIL_SIZE", "ACCOUNT_SIZE",
                                          "TABLE_SIZE", "PURPOSE_MAX", "PASSWORD_MAX"};
    return std::any_of(std::begin(buffers), std::end(buffers),
                       [&](const char *buffer) { return name == "SESSION_" + std::string(buffer); });
}

static void constants() {
    const auto defines = all(header, "\n#define (SESSION_\\w+) (\\d+)(?=\n)");
    CHECK(defines.size() > 110);
    for (const auto &define : defines) {
        const std::string name = define[1];
        if (constant(name) != std::stoll(define[2])) failed(__FILE__, __LINE__, name);
        if (!names(name) && !is_buffer(name)) failed(__FILE__, __LINE__, "the binding lacks " + name);
    }
    // Every enumerator is called what its constant is called.
    std::map<std::string, int> of;
    for (const auto &line : all(binding, "\n    (\\w+) = SESSION_(\\w+),")) {
        const std::string name = line[1], whole = camel(line[2]);
        CHECK(whole.size() >= name.size() && whole.compare(whole.size() - name.size(), name.size(), name) == 0);
        of[whole.substr(0, whole.size() - name.size())]++;
    }
    CHECK(of["Event"] == 23 && of["Policy"] == 12 && of["Weak"] == 8 && of[""] >= 44);
}

static void statuses() {
    std::size_t count = 0;
    for (const auto &line : all(binding, "\n    (\\w+) = (SESSION_\\w+),")) {
        if (line[2].str().find("SESSION_") != 0 || camel(line[2].str().substr(8)) != line[1]) continue;
        const auto status = static_cast<Status>(constant(line[2].str()));
        EQUAL(line[2].str(), std::string(status_name(status)));
        CHECK(std::strlen(status_text(status)) > 0);
        count++;
    }
    CHECK(count == 44);
    CHECK(abi_version() == SESSION_ABI_VERSION && version() == VERSION);
}

static void functions() {
    const auto declared = all(header, "(session_\\w+)\\(");
    std::size_t count = 0;
    for (const auto &function : declared) {
        if (!std::regex_search(
                header, std::regex("\n(SESSION_MUST_USE )?(int32_t|uint32_t|const char \\*) ?" + function[1].str() + "\\(")))
            continue;
        if (!names(function[1])) failed(__FILE__, __LINE__, "the binding lacks " + function[1].str());
        count++;
    }
    CHECK(count >= 39);
}

// The layout by the rule of every C compiler: a member is aligned to its own size, and no hole is left.
#define AT(type, member) \
    { #type, #member, offsetof(type, member), sizeof(type::member) }
struct Member {
    std::string type, name;
    std::size_t offset, size;
};
static const Member members[] = {
#include "members.inc"
};

static void structs() {
    const std::map<std::string, std::size_t> sizes = {{"uint8_t", 1},  {"char", 1},    {"int32_t", 4},
                                                      {"uint32_t", 4}, {"int64_t", 8}, {"uint64_t", 8}};
    const Member *compiled = members;
    for (const auto &declared : all(header, "\ntypedef struct \\{\n([^}]*)\\} (\\w+);")) {
        const std::string body = declared[1];
        std::size_t end = 0;
        for (const auto &member : all(body, "    (\\w+) (\\w+)(\\[(\\w+)\\])?;\n")) {
            const std::string length = member[4];
            const std::size_t size = sizes.at(member[1]);
            const std::size_t whole =
                size * (length.empty()                                        ? 1
                        : std::isdigit(static_cast<unsigned char>(length[0])) ? std::stoul(length)
                                                                              : static_cast<std::size_t>(constant(length)));
            CHECK(end % size == 0);
            EQUAL(declared[2].str() + "." + member[2].str(), compiled->type + "." + compiled->name);
            CHECK(compiled->offset == end && compiled->size == whole);
            end += whole;
            compiled++;
        }
        EQUAL(static_cast<std::int64_t>(end), constant("sizeof(" + declared[2].str() + ")"));
        EQUAL(static_cast<std::size_t>(end), (compiled - 1)->offset + (compiled - 1)->size);
    }
    CHECK(compiled == std::end(members));
    CHECK(sizeof(session_options) == 56 && sizeof(Row<session_info>) == sizeof(session_info));
}

static void readme() {
    const std::string shown = read(SOURCE "/README.md");
    for (const char *quickstart : {SOURCE "/quickstart.cpp", SOURCE "/quickstart_qt.cpp"})
        CHECK(shown.find(read(quickstart)) != std::string::npos);
}

int main() {
    constants();
    statuses();
    functions();
    structs();
    readme();
}
