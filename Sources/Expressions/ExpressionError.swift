import SymbolicGraph

/// What is wrong with an expression, and the column where.
package struct ExpressionError: Error, Sendable, CustomStringConvertible {
  /// One phrase: the rule, then what was found.
  package let message: String
  /// What else helps.
  package let notes: [String]
  /// The characters that it speaks of, counted from 0; the mark is on `mark`.
  package let columns: Range<Int>
  package let mark: Int
  /// The text of the expression, once that is known.
  package internal(set) var source = ""

  init(_ message: String, at columns: Range<Int>, mark: Int? = nil, notes: [String] = []) {
    self.message = message
    self.notes = notes
    self.columns = columns
    self.mark = mark ?? columns.lowerBound
  }

  /// `column 5: …`, then the expression with the place marked below it, then the notes.
  package var description: String {
    let lines = Excerpt(of: source, columns, mark: mark).lines + notes
    return (["column \(mark + 1): \(message)"] + lines.map { "  " + $0 }).joined(separator: "\n")
  }
}

// MARK: - Text that is no expression

extension ExpressionError {
  static func nothingToCompute() -> ExpressionError {
    ExpressionError("there is nothing to compute", at: 0..<1, notes: ["such as sum(x ** 2)"])
  }

  static func unknownCharacter(_ character: Character, at column: Int) -> ExpressionError {
    let notes: [String] =
      character == "!" ? ["'not' is written '~', 'different' is '!='"] : []
    return ExpressionError(
      "'\(character)' has no meaning here", at: column..<column + 1, notes: notes)
  }

  static func unclosed(_ mark: String, at column: Int) -> ExpressionError {
    ExpressionError("this \(mark) is never closed", at: column..<column + 1)
  }

  static func integerTooLarge(_ digits: String, at columns: Range<Int>) -> ExpressionError {
    ExpressionError(
      "integers have at most 64 bits; this one has \(digits.count) digits", at: columns,
      notes: ["with a decimal point it is a float"])
  }

  static func integerOverflow(_ operation: String, at columns: Range<Int>, mark: Int)
    -> ExpressionError
  {
    ExpressionError(
      "'\(operation)' of these integers does not fit into 64 bits", at: columns, mark: mark,
      notes: ["with a decimal point they are floats"])
  }

  static func powerOfZero(at columns: Range<Int>, mark: Int) -> ExpressionError {
    ExpressionError("0 has no negative powers", at: columns, mark: mark)
  }

  static func notANumber(_ text: String, at columns: Range<Int>) -> ExpressionError {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let rest = text.dropFirst(digits.count)
    let isProduct = Double(digits) != nil && rest.allSatisfy { $0.isLetter }
    return ExpressionError(
      "'\(text)' is no number", at: columns,
      notes: isProduct ? ["a product is written \(digits) * \(rest)"] : [])
  }

  static func unexpected(
    _ found: String, expected: String, at columns: Range<Int>
  ) -> ExpressionError {
    let notes = [
      "'='": "'equal' is written '=='", "'&'": "'and' is written '&'", "'|'": "'or' is written '|'",
    ]
    return ExpressionError(
      "\(expected) must follow; found \(found)", at: columns,
      notes: notes[found].map { [$0] } ?? [])
  }

  static func missingOperand(_ symbol: String, at columns: Range<Int>) -> ExpressionError {
    ExpressionError("'\(symbol)' needs an operand on its right", at: columns)
  }

  static func chainedComparison(at columns: Range<Int>) -> ExpressionError {
    ExpressionError(
      "comparisons do not chain", at: columns,
      notes: ["'&' and '|' bind closer than comparisons: write (a < b) & (b < c)"])
  }

  static func word(_ word: String, symbol: String, at columns: Range<Int>) -> ExpressionError {
    ExpressionError(
      "'\(word)' is written '\(symbol)' for arrays", at: columns,
      notes: [
        "it binds closer than comparisons: write "
          + (word == "not" ? "~(a < b)" : "(a < b) \(symbol) (b < c)")
      ])
  }

  static func tooDeep(_ deepest: Int, at column: Int) -> ExpressionError {
    ExpressionError(
      "expressions are nested at most \(deepest) deep", at: column..<column + 1)
  }

  static func tooLong(_ longest: Int, at column: Int) -> ExpressionError {
    ExpressionError(
      "at most \(longest) operators stand in a row", at: column..<column + 1,
      notes: ["parentheses around parts of them begin new rows"])
  }

  static func notAFunction(at columns: Range<Int>) -> ExpressionError {
    ExpressionError(
      "what stands in front of '(' is no function", at: columns,
      notes: ["a product is written with '*'"])
  }

  static func noIndex(at columns: Range<Int>) -> ExpressionError {
    ExpressionError("an index must follow; found ']'", at: columns)
  }
}

// MARK: - Names

extension ExpressionError {
  static func unknownInput(
    _ name: String, inputs: [String], others: [String], at columns: Range<Int>
  ) -> ExpressionError {
    let list = inputs.map { "'\($0)'" }.joined(separator: ", ")
    return ExpressionError(
      "there is no input '\(name)'", at: columns,
      notes: NearestName.note(name, among: inputs + others)
        + [
          inputs.isEmpty
            ? "there are no inputs; --input \(name)=FILE gives one" : "inputs are \(list)"
        ])
  }

  static func unknownFunction(
    _ name: String, known: [String], at columns: Range<Int>
  ) -> ExpressionError {
    let notes = NearestName.note(name, among: known)
    return ExpressionError(
      "there is no function '\(name)'", at: columns,
      notes: notes.isEmpty ? ["martlet eval --functions lists them"] : notes)
  }

  static func functionWithoutCall(_ signature: String, _ name: String, at columns: Range<Int>)
    -> ExpressionError
  {
    ExpressionError("'\(name)' is a function; write \(signature)", at: columns)
  }

  static func unknownAttribute(_ name: String, isFunction: Bool, at columns: Range<Int>, mark: Int)
    -> ExpressionError
  {
    ExpressionError(
      "arrays have no '\(name)'", at: columns, mark: mark,
      notes: isFunction
        ? ["it is a function; write it with parentheses"] : ["of attributes there is 'T' alone"])
  }

  static func unknownDType(_ name: String, known: [String], at columns: Range<Int>)
    -> ExpressionError
  {
    ExpressionError(
      "there is no dtype '\(name)'", at: columns,
      notes: NearestName.note(name, among: known)
        + ["dtypes are \(known.joined(separator: ", "))"])
  }
}

// MARK: - Arguments and indices

extension ExpressionError {
  static func tooManyArguments(
    _ signature: String, _ name: String, takes: Int, at argument: Range<Int>
  )
    -> ExpressionError
  {
    ExpressionError(
      "\(name): takes at most \(takes) argument\(takes == 1 ? "" : "s")", at: argument,
      notes: [signature])
  }

  static func missingArgument(
    _ signature: String, _ name: String, _ parameter: String, at columns: Range<Int>, mark: Int
  ) -> ExpressionError {
    ExpressionError(
      "\(name): '\(parameter)' is missing", at: columns, mark: mark, notes: [signature])
  }

  static func unknownArgument(
    _ signature: String, _ name: String, _ label: String, known: [String], at columns: Range<Int>
  ) -> ExpressionError {
    ExpressionError(
      "\(name): there is no argument '\(label)'", at: columns,
      notes: NearestName.note(label, among: known) + [signature])
  }

  static func doubledArgument(
    _ signature: String, _ name: String, _ parameter: String, at columns: Range<Int>
  ) -> ExpressionError {
    ExpressionError(
      "\(name): '\(parameter)' is given twice", at: columns, notes: [signature])
  }

  static func positionalAfterNamed(_ name: String, at columns: Range<Int>) -> ExpressionError {
    ExpressionError("\(name): arguments without names come first", at: columns)
  }

  static func wrongArgument(
    _ name: String, _ parameter: String, takes: String, got: String, at columns: Range<Int>
  ) -> ExpressionError {
    ExpressionError("\(name): '\(parameter)' takes \(takes); got \(got)", at: columns)
  }

  static func notAnOperand(_ found: String, at columns: Range<Int>) -> ExpressionError {
    ExpressionError("operands are arrays and numbers; got \(found)", at: columns)
  }

  static func notAnIndex(_ found: String, at columns: Range<Int>) -> ExpressionError {
    ExpressionError(
      "indices are integers, slices, '...' and None; got \(found)", at: columns)
  }

  static func notABound(_ found: String, at columns: Range<Int>) -> ExpressionError {
    ExpressionError("bounds and steps of slices are integers; got \(found)", at: columns)
  }

  /// A rule of the operation that stands there.
  static func graph(_ error: GraphError, at columns: Range<Int>, mark: Int) -> ExpressionError {
    // Swift's spellings in notes become those of this language.
    let notes = error.notes.map {
      $0.replacing("cast(_:to:)", with: "astype(x, dtype)").replacing(".!=", with: "!=")
    }
    return ExpressionError(error.message, at: columns, mark: mark, notes: notes)
  }
}
