"""Names that the language, Node.js and compilers bring along."""

from __future__ import annotations

# Methods that call a function for each element.
LOOPS = frozenset(
    {
        *("map", "forEach", "filter", "flatMap", "reduce", "reduceRight", "some", "every", "find"),
        *("findIndex", "findLast", "findLastIndex"),
    }
)
# Those that leave the elements as they are, though fewer or in another order.
SAME = frozenset({"filter", "slice", "sort", "reverse", "toSorted", "toReversed", "flat", "values"})
ONE = frozenset({"pop", "shift", "find", "findLast", "at"})

# Methods of texts that leave them as they are, as far as anybody here cares.
UNCHANGED = frozenset({"toString", "trim", "valueOf", "normalize", "toWellFormed"})

# Methods of plain data, which call nothing of their own.
PLAIN = LOOPS | SAME | ONE | UNCHANGED
PLAIN |= {
    *(
        "abort",
        "add",
        "addListener",
        "append",
        "arrayBuffer",
        "blob",
        "byteLength",
        "cancel",
        "catch",
    ),
    *("charAt", "charCodeAt", "clear", "close", "codePointAt", "concat", "copyWithin", "decode"),
    *("delete", "destroy", "digest", "emit", "encode", "end", "endsWith", "entries", "equals"),
    *(
        "exec",
        "fill",
        "final",
        "finally",
        "format",
        "formatToParts",
        "formData",
        "from",
        "get",
        "getDate",
    ),
    *("getDay", "getFullYear", "getHours", "getItem", "getMilliseconds", "getMinutes", "getMonth"),
    *("getReader", "getSeconds", "getTime", "getTimezoneOffset", "getUTCDate", "getUTCDay"),
    *("getUTCFullYear", "getUTCHours", "getUTCMinutes", "getUTCMonth", "getUTCSeconds", "has"),
    *("getRemainingTimeInMillis", "hasOwnProperty", "includes", "indexOf", "isPrototypeOf"),
    *("join", "json", "keys", "lastIndexOf", "localeCompare", "match", "matchAll", "next", "off"),
    *("on", "once", "padEnd", "padStart", "pipe", "pipeThrough", "pipeTo", "push", "read"),
    *("removeAllListeners", "removeListener", "repeat", "replace", "replaceAll", "resume"),
    *(
        "return",
        "search",
        "set",
        "setContentType",
        "setDate",
        "setEncoding",
        "setFullYear",
        "setHours",
        "setItem",
    ),
    *("setMilliseconds", "setMinutes", "setMonth", "setSeconds", "setTime", "setTimeout"),
    *("setUTCHours", "sign", "splice", "split", "startsWith", "subarray", "substr", "substring"),
    *("test", "text", "then", "throw", "toDateString", "toExponential", "toFixed", "toISOString"),
    *("toJSON", "toLocaleDateString", "toLocaleLowerCase", "toLocaleString", "toPrecision"),
    *("toLocaleTimeString", "toLocaleUpperCase", "toLowerCase", "toSpliced", "toTimeString"),
    *("toUTCString", "toUpperCase", "transformToByteArray", "transformToString", "trimEnd"),
    *("transformToWebStream", "trimStart", "unshift", "update", "verify", "with", "write"),
}

# What compilers call on modules and functions, leaving them as they are.
COMPILED = frozenset(
    {"__toESM", "__toCommonJS", "__importDefault", "__importStar", "__rest", "__spreadArray"}
)

# What is there without any import.
GLOBALS = frozenset(
    {
        *("AbortController", "AbortSignal", "Array", "ArrayBuffer", "BigInt", "Boolean", "Buffer"),
        *(
            "DOMException",
            "DataView",
            "Date",
            "Error",
            "EvalError",
            "FormData",
            "Headers",
            "Infinity",
        ),
        *(
            "Intl",
            "JSON",
            "Map",
            "Math",
            "NaN",
            "Number",
            "Object",
            "Promise",
            "Proxy",
            "RangeError",
        ),
        *("ReferenceError", "Reflect", "RegExp", "Request", "Response", "Set", "String", "Symbol"),
        *("SyntaxError", "TextDecoder", "TextEncoder", "TypeError", "URIError", "URL"),
        *("URLSearchParams", "Uint8Array", "WeakMap", "WeakSet", "__dirname", "__filename", "atob"),
        *("awslambda", "btoa", "clearImmediate", "clearInterval", "clearTimeout", "console"),
        *("crypto", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape"),
        *("isFinite", "isNaN", "parseFloat", "parseInt", "performance", "process"),
        *("structuredClone", "unescape", "context", "resolve", "reject", "__metadata"),
        *("__decorate", "__param", "__defProp", "__name", "__publicField", "__copyProps"),
    }
)
