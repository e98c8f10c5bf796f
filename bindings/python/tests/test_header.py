"""The binding repeats numbers and layouts of the C header: compare every one of them with the header and the library."""

import ctypes
import enum
import re
import unittest

import desksession
from desksession import _ffi, _library

from tests import REPOSITORY

HEADER = (REPOSITORY / "include" / "desksession.h").read_text(encoding="utf-8")
CONSTANTS = {name: int(value) for name, value in re.findall(r"^#define (SESSION_\w+) (\d+)$", HEADER, re.M)}
STRUCTS = re.findall(r"^typedef struct \{\n(.*?)^\} (\w+);$", HEADER, re.M | re.S)
FUNCTIONS = re.findall(r"^(?:SESSION_MUST_USE )?(int32_t|uint32_t|const char \*) ?(session_\w+)\((.*?)\);", HEADER, re.M | re.S)
ENUMS = {
    "POLICY": desksession.Policy,
    "PRESET": desksession.Preset,
    "WEAK": desksession.Weak,
    "EVENT": desksession.EventKind,
    "KEY": desksession.KeySource,
    "SCOPE": desksession.Scope,
}
SIZES = {"uint8_t": 1, "char": 1, "int32_t": 4, "uint32_t": 4, "int64_t": 8, "uint64_t": 8}


def binding_constants():
    """Every number of the binding under its name in C."""
    found = {f"SESSION_{name}": value for name, value in vars(_ffi).items() if isinstance(value, int)}
    found["SESSION_ABI_VERSION"] = _library.ABI_VERSION
    found.update({f"SESSION_{member.name}": member.value for member in desksession.Status})
    for prefix, numbers in ENUMS.items():
        found.update({f"SESSION_{prefix}_{member.name}": member.value for member in numbers})
    # "As recorded" and "unknown" are zeros without a name in C.
    return {name: value for name, value in found.items() if not name.endswith(("_RECORDED", "EVENT_NONE"))}


def header_layout(body):
    """(field, offset, bytes) by the rule of every C compiler: a member is aligned to its own size."""
    end = 0
    for kind, name, count in re.findall(r"^    (\w+) (\w+)(?:\[(\w+)\])?;$", body, re.M):
        length = CONSTANTS.get(count) or int(count or 1)
        end += -end % SIZES[kind]
        yield name, end, SIZES[kind] * length
        end += SIZES[kind] * length


class Header(unittest.TestCase):
    def test_every_constant(self):
        self.assertGreater(len(CONSTANTS), 90)
        self.assertEqual(binding_constants(), CONSTANTS)
        self.assertEqual({name: desksession.constant(name) for name in CONSTANTS}, CONSTANTS)

    def test_unknown_constant(self):
        with self.assertRaises(desksession.Fault) as caught:
            desksession.constant("SESSION_NO_SUCH_THING")
        self.assertIs(caught.exception.status, desksession.Status.BAD_ARGUMENT)

    def test_every_status_name(self):
        for status in desksession.Status:
            self.assertEqual(_ffi.session_status_name(status), f"SESSION_{status.name}".encode())
            self.assertTrue(_ffi.session_status_text(status))

    def test_every_struct(self):
        self.assertEqual(len(STRUCTS), 6)
        for body, name in STRUCTS:
            struct, layout = getattr(_ffi, name), list(header_layout(body))
            of = {field: getattr(struct, field) for field, _ in struct._fields_}
            self.assertEqual([(field, of[field].offset, of[field].size) for field in of], layout, name)
            self.assertEqual(ctypes.sizeof(struct), layout[-1][1] + layout[-1][2], name)
            self.assertEqual(ctypes.sizeof(struct), desksession.constant(f"sizeof({name})"))

    def test_every_function(self):
        exported = {name for _, name, _ in FUNCTIONS}
        bound = {name for name in vars(_ffi) if name.startswith("session_") and hasattr(getattr(_ffi, name), "argtypes")}
        self.assertGreater(len(exported), 30)
        self.assertEqual(bound, exported)

    def test_every_parameter(self):
        results = {"int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32, "const char *": ctypes.c_char_p}
        for result, name, parameters in FUNCTIONS:
            function = getattr(_ffi, name)
            self.assertIs(function.restype, results[result], name)
            kinds = [] if parameters == "void" else [self.kind(text) for text in parameters.split(",")]
            if name in ("session_verify", "session_peek"):  # called without ctypes' checks, as Store does it
                looking = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(_ffi.session_info)]
                self.assertEqual((function.argtypes, kinds), (None, looking))
            else:
                self.assertEqual(list(function.argtypes), kinds, name)

    @staticmethod
    def kind(parameter):
        """What ctypes calls a parameter such as "const session_options *options"."""
        kind, stars = re.fullmatch(r"\s*(?:const )?(\w+) (\**)\w+", parameter).groups()
        if kind == "session_store":
            return ctypes.c_void_p if stars == "*" else ctypes.POINTER(ctypes.c_void_p)
        if kind == "char":
            return ctypes.c_char_p
        named = getattr(_ffi, kind, None) or getattr(ctypes, f"c_{kind}" if kind == "size_t" else f"c_{kind[:-2]}")
        return ctypes.POINTER(named) if stars else named

    def test_versions(self):
        self.assertEqual(desksession.abi_version(), CONSTANTS["SESSION_ABI_VERSION"])
        self.assertRegex(desksession.version(), r"^\d+\.\d+\.\d+")

    def test_one_version_everywhere(self):
        def version(path):
            return re.search(r'^version = "(.*)"$', (REPOSITORY / path).read_text(encoding="utf-8"), re.M).group(1)

        self.assertEqual(version("bindings/python/pyproject.toml"), version("Cargo.toml"))
        self.assertEqual(desksession.version(), version("Cargo.toml"))


class Numbers(unittest.TestCase):
    def test_only_ok_is_true(self):
        self.assertEqual([status for status in desksession.Status if status], [desksession.Status.OK])
        for number in (-1, 16, 98, 121, 5000):
            self.assertFalse(desksession.Status(number))

    def test_unknown_numbers_keep_their_value(self):
        for numbers in (desksession.Status, *ENUMS.values()):
            self.assertTrue(issubclass(numbers, enum.IntEnum))
            self.assertEqual(numbers(4000), 4000)
            self.assertEqual(numbers(4000).name, "NUMBER_4000")
            with self.assertRaises(ValueError):
                numbers("OK")
