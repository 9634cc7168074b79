"""One module per output. Each has FILES, the paths it writes from the root of the tree, and write(header), which
returns their texts in that order. A new language adds a module here and its name to ALL."""

from outputs import description, layout, older, python_cdef, python_documents, python_enums, python_events, python_stub, reference, structs, symbols

ALL = [symbols, older, description, structs, layout, reference, python_cdef, python_stub, python_enums, python_events, python_documents]

# Lua
from outputs import lua_cdef, lua_documents, lua_names, lua_stubs, lua_swig  # noqa: E402

ALL += [lua_names, lua_swig, lua_cdef, lua_documents, lua_stubs]

# Node
from outputs import node_constants, node_documents, node_events, node_raw, node_swig  # noqa: E402

ALL += [node_swig, node_constants, node_events, node_documents, node_raw]

# What reads the others' files comes last.
from outputs import parity  # noqa: E402

ALL += [parity]
