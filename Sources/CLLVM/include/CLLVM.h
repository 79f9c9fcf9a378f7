#pragma once

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

// The part of LLVM 19's C interface that Martlet calls. The library is opened at run time, so no
// LLVM header is needed to build, and no process pays for loading LLVM before it compiles a kernel.

#pragma clang assume_nonnull begin

typedef int LLVMBool;

typedef struct LLVMOpaqueContext *LLVMContextRef;
typedef struct LLVMOpaqueModule *LLVMModuleRef;
typedef struct LLVMOpaqueValue *LLVMValueRef;
typedef struct LLVMOpaqueMemoryBuffer *LLVMMemoryBufferRef;
typedef struct LLVMOpaqueDiagnosticInfo *LLVMDiagnosticInfoRef;
typedef struct LLVMOpaqueError *LLVMErrorRef;
typedef struct LLVMOpaquePassBuilderOptions *LLVMPassBuilderOptionsRef;
typedef struct LLVMTarget *LLVMTargetRef;
typedef struct LLVMOpaqueTargetData *LLVMTargetDataRef;
typedef struct LLVMOpaqueTargetMachine *LLVMTargetMachineRef;
typedef struct LLVMOrcOpaqueLLJIT *LLVMOrcLLJITRef;
typedef struct LLVMOrcOpaqueLLJITBuilder *LLVMOrcLLJITBuilderRef;
typedef struct LLVMOrcOpaqueJITTargetMachineBuilder *LLVMOrcJITTargetMachineBuilderRef;
typedef struct LLVMOrcOpaqueJITDylib *LLVMOrcJITDylibRef;
typedef struct LLVMOrcOpaqueExecutionSession *LLVMOrcExecutionSessionRef;
typedef struct LLVMOrcOpaqueDefinitionGenerator *LLVMOrcDefinitionGeneratorRef;
typedef struct LLVMOrcOpaqueObjectLayer *LLVMOrcObjectLayerRef;
typedef struct LLVMOrcOpaqueSymbolStringPoolEntry *LLVMOrcSymbolStringPoolEntryRef;

/// What `LLVMVerifyModule` does with a module that is not well formed.
typedef int LLVMVerifierFailureAction;
static const LLVMVerifierFailureAction LLVMReturnStatusAction = 2;

typedef int LLVMDiagnosticSeverity;
static const LLVMDiagnosticSeverity LLVMDSError = 0;

typedef int LLVMCodeGenOptLevel;
static const LLVMCodeGenOptLevel LLVMCodeGenLevelNone = 0;
static const LLVMCodeGenOptLevel LLVMCodeGenLevelLess = 1;
static const LLVMCodeGenOptLevel LLVMCodeGenLevelDefault = 2;
static const LLVMCodeGenOptLevel LLVMCodeGenLevelAggressive = 3;

typedef int LLVMRelocMode;
static const LLVMRelocMode LLVMRelocPIC = 2;

typedef int LLVMCodeModel;
static const LLVMCodeModel LLVMCodeModelJITDefault = 1;
static const LLVMCodeModel LLVMCodeModelSmall = 3;

typedef int LLVMCodeGenFileType;
static const LLVMCodeGenFileType LLVMAssemblyFile = 0;
static const LLVMCodeGenFileType LLVMObjectFile = 1;

typedef void (*LLVMDiagnosticHandler)(LLVMDiagnosticInfoRef info, void *_Nullable context);
typedef void (*LLVMOrcErrorReporterFunction)(void *_Nullable context, LLVMErrorRef error);
typedef LLVMBool (*LLVMOrcSymbolPredicate)(void *_Nullable context,
                                           LLVMOrcSymbolStringPoolEntryRef symbol);

typedef int LLVMOrcLookupKind;
static const LLVMOrcLookupKind LLVMOrcLookupKindStatic = 0;

typedef int LLVMOrcJITDylibLookupFlags;
static const LLVMOrcJITDylibLookupFlags LLVMOrcJITDylibLookupFlagsMatchExportedSymbolsOnly = 0;

typedef int LLVMOrcSymbolLookupFlags;
static const LLVMOrcSymbolLookupFlags LLVMOrcSymbolLookupFlagsRequiredSymbol = 0;

/// Makes what places objects for a session.
typedef LLVMOrcObjectLayerRef _Nonnull (*LLVMOrcLLJITBuilderObjectLinkingLayerCreatorFunction)(
    void *_Nullable context, LLVMOrcExecutionSessionRef session, const char *triple);

// The memory of one object: its owner makes a context for it, which the other functions get.
typedef void *_Nullable (*LLVMMemoryManagerCreateContextCallback)(void *_Nullable owner);
typedef void (*LLVMMemoryManagerNotifyTerminatingCallback)(void *_Nullable owner);
typedef uint8_t *_Nullable (*LLVMMemoryManagerAllocateCodeSectionCallback)(
    void *_Nullable context, uintptr_t size, unsigned alignment, unsigned section,
    const char *_Nullable name);
typedef uint8_t *_Nullable (*LLVMMemoryManagerAllocateDataSectionCallback)(
    void *_Nullable context, uintptr_t size, unsigned alignment, unsigned section,
    const char *_Nullable name, LLVMBool isReadOnly);
typedef LLVMBool (*LLVMMemoryManagerFinalizeMemoryCallback)(void *_Nullable context,
                                                            char *_Nullable *_Nullable message);
typedef void (*LLVMMemoryManagerDestroyCallback)(void *_Nullable context);

/// One library that a lookup searches.
typedef struct {
  LLVMOrcJITDylibRef library;
  LLVMOrcJITDylibLookupFlags flags;
} LLVMOrcCJITDylibSearchOrderElement;

/// One name that a lookup asks for.
typedef struct {
  LLVMOrcSymbolStringPoolEntryRef name;
  LLVMOrcSymbolLookupFlags flags;
} LLVMOrcCLookupSetElement;

/// One answer of a lookup.
typedef struct {
  LLVMOrcSymbolStringPoolEntryRef name;
  struct {
    uint64_t address;
    struct {
      uint8_t genericFlags;
      uint8_t targetFlags;
    } flags;
  } symbol;
} LLVMOrcCSymbolMapPair;

typedef void (*LLVMOrcExecutionSessionLookupHandleResultFunction)(
    LLVMErrorRef _Nullable error, LLVMOrcCSymbolMapPair *_Nullable pairs, size_t count,
    void *_Nullable context);

#if defined(__x86_64__)
#define LLVM_NATIVE "X86"
#elif defined(__aarch64__)
#define LLVM_NATIVE "AArch64"
#else
#error "no LLVM target is named for this processor"
#endif

// One row for each function: the member of the table, the symbol in the library, the result, the
// parameters. An error that comes back is owned by the caller; so is every object that comes back,
// unless the row says otherwise.
#define LLVM_FUNCTIONS(ROW)                                                                        \
  /* The library. */                                                                               \
  ROW(LLVMGetVersion, "LLVMGetVersion", void,                                                      \
      (unsigned *major, unsigned *minor, unsigned *patch))                                         \
  ROW(LLVMDisposeMessage, "LLVMDisposeMessage", void, (char *message))                             \
  ROW(LLVMGetErrorMessage, "LLVMGetErrorMessage", char *_Nonnull,                                  \
      (LLVMErrorRef error /* consumed */))                                                         \
  ROW(LLVMDisposeErrorMessage, "LLVMDisposeErrorMessage", void, (char *message))                   \
  /* Contexts, modules, buffers. */                                                                \
  ROW(LLVMContextCreate, "LLVMContextCreate", LLVMContextRef _Nonnull, (void))                     \
  ROW(LLVMContextDispose, "LLVMContextDispose", void, (LLVMContextRef context))                    \
  ROW(LLVMContextSetDiagnosticHandler, "LLVMContextSetDiagnosticHandler", void,                    \
      (LLVMContextRef context, LLVMDiagnosticHandler handler, void *_Nullable argument))           \
  ROW(LLVMGetDiagInfoDescription, "LLVMGetDiagInfoDescription", char *_Nonnull,                    \
      (LLVMDiagnosticInfoRef info))                                                                \
  ROW(LLVMGetDiagInfoSeverity, "LLVMGetDiagInfoSeverity", LLVMDiagnosticSeverity,                  \
      (LLVMDiagnosticInfoRef info))                                                                \
  ROW(LLVMCreateMemoryBufferWithMemoryRangeCopy, "LLVMCreateMemoryBufferWithMemoryRangeCopy",      \
      LLVMMemoryBufferRef _Nonnull, (const char *bytes, size_t count, const char *name))           \
  ROW(LLVMGetBufferStart, "LLVMGetBufferStart", const char *_Nonnull,                              \
      (LLVMMemoryBufferRef buffer))                                                                \
  ROW(LLVMGetBufferSize, "LLVMGetBufferSize", size_t, (LLVMMemoryBufferRef buffer))                \
  ROW(LLVMDisposeMemoryBuffer, "LLVMDisposeMemoryBuffer", void, (LLVMMemoryBufferRef buffer))      \
  ROW(LLVMModuleCreateWithNameInContext, "LLVMModuleCreateWithNameInContext",                      \
      LLVMModuleRef _Nonnull, (const char *name, LLVMContextRef context))                          \
  ROW(LLVMParseIRInContext, "LLVMParseIRInContext", LLVMBool,                                      \
      (LLVMContextRef context, LLVMMemoryBufferRef buffer /* consumed */,                          \
       LLVMModuleRef _Nullable *_Nonnull module, char *_Nullable *_Nonnull message))               \
  ROW(LLVMGetNamedFunction, "LLVMGetNamedFunction", LLVMValueRef _Nullable,                        \
      (LLVMModuleRef module, const char *name) /* owned by the module */)                          \
  ROW(LLVMSetValueName2, "LLVMSetValueName2", void,                                                \
      (LLVMValueRef value, const char *name, size_t count))                                        \
  ROW(LLVMLinkModules2, "LLVMLinkModules2", LLVMBool,                                              \
      (LLVMModuleRef target, LLVMModuleRef source /* consumed */))                                 \
  ROW(LLVMDisposeModule, "LLVMDisposeModule", void, (LLVMModuleRef module))                        \
  ROW(LLVMPrintModuleToString, "LLVMPrintModuleToString", char *_Nonnull, (LLVMModuleRef module))  \
  ROW(LLVMSetTarget, "LLVMSetTarget", void, (LLVMModuleRef module, const char *triple))            \
  ROW(LLVMSetModuleDataLayout, "LLVMSetModuleDataLayout", void,                                    \
      (LLVMModuleRef module, LLVMTargetDataRef layout))                                            \
  ROW(LLVMVerifyModule, "LLVMVerifyModule", LLVMBool,                                              \
      (LLVMModuleRef module, LLVMVerifierFailureAction action,                                     \
       char *_Nullable *_Nonnull message))                                                         \
  /* Passes. */                                                                                    \
  ROW(LLVMCreatePassBuilderOptions, "LLVMCreatePassBuilderOptions",                                \
      LLVMPassBuilderOptionsRef _Nonnull, (void))                                                  \
  ROW(LLVMDisposePassBuilderOptions, "LLVMDisposePassBuilderOptions", void,                        \
      (LLVMPassBuilderOptionsRef options))                                                         \
  ROW(LLVMRunPasses, "LLVMRunPasses", LLVMErrorRef _Nullable,                                      \
      (LLVMModuleRef module, const char *passes, LLVMTargetMachineRef machine,                     \
       LLVMPassBuilderOptionsRef options))                                                         \
  /* The target. */                                                                                \
  ROW(LLVMInitializeNativeTargetInfo, "LLVMInitialize" LLVM_NATIVE "TargetInfo", void, (void))     \
  ROW(LLVMInitializeNativeTarget, "LLVMInitialize" LLVM_NATIVE "Target", void, (void))             \
  ROW(LLVMInitializeNativeTargetMC, "LLVMInitialize" LLVM_NATIVE "TargetMC", void, (void))         \
  ROW(LLVMInitializeNativeAsmPrinter, "LLVMInitialize" LLVM_NATIVE "AsmPrinter", void, (void))     \
  ROW(LLVMInitializeNativeAsmParser, "LLVMInitialize" LLVM_NATIVE "AsmParser", void, (void))       \
  ROW(LLVMGetDefaultTargetTriple, "LLVMGetDefaultTargetTriple", char *_Nonnull, (void))            \
  ROW(LLVMGetHostCPUName, "LLVMGetHostCPUName", char *_Nonnull, (void))                            \
  ROW(LLVMGetHostCPUFeatures, "LLVMGetHostCPUFeatures", char *_Nonnull, (void))                    \
  ROW(LLVMGetTargetFromTriple, "LLVMGetTargetFromTriple", LLVMBool,                                \
      (const char *triple, LLVMTargetRef _Nullable *_Nonnull target,                               \
       char *_Nullable *_Nonnull message))                                                         \
  ROW(LLVMCreateTargetMachine, "LLVMCreateTargetMachine", LLVMTargetMachineRef _Nullable,          \
      (LLVMTargetRef target, const char *triple, const char *cpu, const char *features,            \
       LLVMCodeGenOptLevel level, LLVMRelocMode relocation, LLVMCodeModel model))                  \
  ROW(LLVMDisposeTargetMachine, "LLVMDisposeTargetMachine", void, (LLVMTargetMachineRef machine))  \
  ROW(LLVMCreateTargetDataLayout, "LLVMCreateTargetDataLayout", LLVMTargetDataRef _Nonnull,        \
      (LLVMTargetMachineRef machine))                                                              \
  ROW(LLVMDisposeTargetData, "LLVMDisposeTargetData", void, (LLVMTargetDataRef layout))            \
  ROW(LLVMTargetMachineEmitToMemoryBuffer, "LLVMTargetMachineEmitToMemoryBuffer", LLVMBool,        \
      (LLVMTargetMachineRef machine, LLVMModuleRef module, LLVMCodeGenFileType type,               \
       char *_Nullable *_Nonnull message, LLVMMemoryBufferRef _Nullable *_Nonnull object))         \
  /* ORC. */                                                                                       \
  ROW(LLVMOrcCreateLLJITBuilder, "LLVMOrcCreateLLJITBuilder", LLVMOrcLLJITBuilderRef _Nonnull,     \
      (void))                                                                                      \
  ROW(LLVMOrcLLJITBuilderSetJITTargetMachineBuilder,                                               \
      "LLVMOrcLLJITBuilderSetJITTargetMachineBuilder", void,                                       \
      (LLVMOrcLLJITBuilderRef builder,                                                             \
       LLVMOrcJITTargetMachineBuilderRef machineBuilder /* consumed */))                           \
  ROW(LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine,                                       \
      "LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine",                                     \
      LLVMOrcJITTargetMachineBuilderRef _Nonnull, (LLVMTargetMachineRef machine /* consumed */))   \
  ROW(LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator,                                             \
      "LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator", void,                                     \
      (LLVMOrcLLJITBuilderRef builder, LLVMOrcLLJITBuilderObjectLinkingLayerCreatorFunction create,\
       void *_Nullable context))                                                                   \
  ROW(LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks,                    \
      "LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks",                  \
      LLVMOrcObjectLayerRef _Nonnull,                                                              \
      (LLVMOrcExecutionSessionRef session, void *_Nullable owner,                                  \
       LLVMMemoryManagerCreateContextCallback createContext,                                       \
       LLVMMemoryManagerNotifyTerminatingCallback notifyTerminating,                               \
       LLVMMemoryManagerAllocateCodeSectionCallback allocateCode,                                  \
       LLVMMemoryManagerAllocateDataSectionCallback allocateData,                                  \
       LLVMMemoryManagerFinalizeMemoryCallback finalize,                                           \
       LLVMMemoryManagerDestroyCallback destroy))                                                  \
  ROW(LLVMOrcCreateLLJIT, "LLVMOrcCreateLLJIT", LLVMErrorRef _Nullable,                            \
      (LLVMOrcLLJITRef _Nullable *_Nonnull jit, LLVMOrcLLJITBuilderRef builder /* consumed */))    \
  ROW(LLVMOrcDisposeLLJIT, "LLVMOrcDisposeLLJIT", LLVMErrorRef _Nullable, (LLVMOrcLLJITRef jit))   \
  ROW(LLVMOrcLLJITGetExecutionSession, "LLVMOrcLLJITGetExecutionSession",                          \
      LLVMOrcExecutionSessionRef _Nonnull /* owned by the JIT */, (LLVMOrcLLJITRef jit))           \
  ROW(LLVMOrcExecutionSessionSetErrorReporter, "LLVMOrcExecutionSessionSetErrorReporter", void,    \
      (LLVMOrcExecutionSessionRef session, LLVMOrcErrorReporterFunction report,                    \
       void *_Nullable argument))                                                                  \
  ROW(LLVMOrcLLJITAddObjectFile, "LLVMOrcLLJITAddObjectFile", LLVMErrorRef _Nullable,              \
      (LLVMOrcLLJITRef jit, LLVMOrcJITDylibRef library, LLVMMemoryBufferRef object /* consumed */))\
  ROW(LLVMOrcLLJITGetGlobalPrefix, "LLVMOrcLLJITGetGlobalPrefix", char, (LLVMOrcLLJITRef jit))     \
  ROW(LLVMOrcLLJITMangleAndIntern, "LLVMOrcLLJITMangleAndIntern",                                  \
      LLVMOrcSymbolStringPoolEntryRef _Nonnull, (LLVMOrcLLJITRef jit, const char *name))           \
  ROW(LLVMOrcExecutionSessionCreateBareJITDylib, "LLVMOrcExecutionSessionCreateBareJITDylib",      \
      LLVMOrcJITDylibRef _Nonnull /* owned by the session */,                                      \
      (LLVMOrcExecutionSessionRef session, const char *name))                                      \
  ROW(LLVMOrcJITDylibClear, "LLVMOrcJITDylibClear", LLVMErrorRef _Nullable,                        \
      (LLVMOrcJITDylibRef library))                                                                \
  ROW(LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess,                                        \
      "LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess", LLVMErrorRef _Nullable,              \
      (LLVMOrcDefinitionGeneratorRef _Nullable *_Nonnull generator, char prefix,                   \
       LLVMOrcSymbolPredicate _Nullable filter, void *_Nullable argument))                         \
  ROW(LLVMOrcJITDylibAddGenerator, "LLVMOrcJITDylibAddGenerator", void,                            \
      (LLVMOrcJITDylibRef library, LLVMOrcDefinitionGeneratorRef generator /* consumed */))        \
  ROW(LLVMOrcExecutionSessionLookup, "LLVMOrcExecutionSessionLookup", void,                        \
      (LLVMOrcExecutionSessionRef session, LLVMOrcLookupKind kind,                                 \
       const LLVMOrcCJITDylibSearchOrderElement *libraries, size_t libraryCount,                   \
       const LLVMOrcCLookupSetElement *symbols /* names consumed */, size_t symbolCount,           \
       LLVMOrcExecutionSessionLookupHandleResultFunction handle, void *_Nullable argument))

/// The C functions of an opened library.
typedef struct LLVMFunctions {
#define LLVM_MEMBER(NAME, SYMBOL, RESULT, PARAMETERS) RESULT (*_Nonnull NAME) PARAMETERS;
  LLVM_FUNCTIONS(LLVM_MEMBER)
#undef LLVM_MEMBER
} LLVMFunctions;

/// Looks up every function of the table in `library`; returns the first symbol that is not there.
static inline const char *_Nullable LLVMFunctionsFill(LLVMFunctions *table, void *library) {
  void *_Nullable symbol;
#define LLVM_LOOKUP(NAME, SYMBOL, RESULT, PARAMETERS)                                              \
  symbol = dlsym(library, SYMBOL);                                                                 \
  if (!symbol) return SYMBOL;                                                                      \
  table->NAME = (RESULT (*) PARAMETERS)symbol;
  LLVM_FUNCTIONS(LLVM_LOOKUP)
#undef LLVM_LOOKUP
  return NULL;
}

/// What the loader tells about an address. glibc's header declares this, and the function, only for
/// those who ask for all of its extensions.
typedef struct {
  const char *_Nullable file;
  void *_Nullable base;
  const char *_Nullable symbol;
  void *_Nullable start;
} LLVMAddressInfo;

/// Asks the loader about an address (`dladdr`); 0 when it knows nothing.
int LLVMGetAddressInfo(const void *address, LLVMAddressInfo *info) __asm__("dladdr");

/// Lets the processor see `count` bytes of code that were just written.
static inline void LLVMClearInstructionCache(void *start, size_t count) {
  __builtin___clear_cache((char *)start, (char *)start + count);
}

#pragma clang assume_nonnull end
