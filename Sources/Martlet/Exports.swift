// A user imports Martlet and has arrays and expressions with it; there is no other way to re-export.
@_exported public import Arrays
@_exported public import Profiling
@_exported public import SymbolicGraph
