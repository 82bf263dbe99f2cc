"""The functions of the Terraform language, one line each.

    cidrsubnet=s s n n
    format=* s ...*

A line is the name and the type of the result, then the types of the
parameters; the last one may be repeated when `...` stands before it. The types
are the letters of `schema_text.py`.
"""

from schema_text import encode_type

# These give another value in every run, so no configuration settles with them.
UNSTABLE = ("bcrypt", "plantimestamp", "timestamp", "uuid")


def encode(metadata, version):
    """The lines of the output of `terraform metadata functions -json`.

    Each function comes a second time with `core::` before its name; those and
    the unstable ones are left out.
    """
    signatures = metadata["function_signatures"]
    names = [name for name in sorted(signatures) if "::" not in name and name not in UNSTABLE]
    title = "# functions of Terraform %s" % version
    return "\n".join([title, *(line(name, signatures[name]) for name in names)]) + "\n"


def line(name, signature):
    """The line of one function."""
    words = ["%s=%s" % (name, encode_type(signature["return_type"]))]
    words += [encode_type(parameter["type"]) for parameter in signature.get("parameters", [])]
    if "variadic_parameter" in signature:
        words.append("..." + encode_type(signature["variadic_parameter"]["type"]))
    return " ".join(words)
