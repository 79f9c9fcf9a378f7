import Inspection
import Martlet
import SymbolicGraph
import Testing

@Suite struct ListingTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y")

  @Test("depth cuts levels off, ids count in base 26, unnamed inputs show their type")
  func details() throws {
    #expect(debugPrint(exp(x + y), depth: 1) == "Elemwise{exp,no_inplace} [id A] ''   \n")
    let unnamed = Tensor(nil, .float64, shape: [.unknown])
    #expect(debugPrint(unnamed) == "<TensorType(float64, vector)> [id A]\n")
    let many = (0..<30).map { Tensor.scalar("s\($0)") }
    let lines = debugPrint(many.dropFirst().reduce(many[0], +)).split(separator: "\n")
    #expect(lines.filter { $0.hasSuffix("s29 [id CG]") }.count == 1)
  }

  @Test("values with several results share an id and are numbered")
  func severalResults() throws {
    let function = try Function([x, y], [x + y, exp(x) * y])
    #expect(
      debugPrint(function) == """
        Elemwise{Composite{(i0 + i1), (exp(i0) * i1)}}.0 [id A] ''   0
         |x [id B]
         |y [id C]
        Elemwise{Composite{(i0 + i1), (exp(i0) * i1)}}.1 [id A] ''   0

        """)
  }

  @Test("mistakes are listed instead, and names stay on their lines")
  func mistakes() {
    let wrong = x + Tensor.matrix("z").sum(axes: [7])
    #expect(debugPrint(wrong).contains("sum: axis 7 does not exist"))
    #expect(pretty(wrong).contains("sum: axis 7 does not exist"))
    #expect(throws: GraphErrors.self) { try wrong.dot() }
    #expect(throws: GraphErrors.self) { try wrong.mermaid() }
    let odd = Tensor.vector("a\nb")
    #expect(debugPrint(odd) == "a\\nb [id A]\n")
    #expect(pretty(odd, style: .theano) == "a\\nb\n")
  }

  @Test("trees and pictures name the line of each expression")
  func lines() throws {
    let sum = (x + y).sum(); let line = #line
    #expect(debugPrint(sum, style: .tree).contains("ListingTests.swift:\(line)"))
    let function = try Function([x, y], sum)
    #expect(debugPrint(function, style: .tree).contains("ListingTests.swift:\(line)"))
    #expect(function.dot().contains("ListingTests.swift:\(line)"))
    #expect(function.mermaid(.written).contains("ListingTests.swift:\(line)"))
  }

  @Test("deep and shared expressions have bounded texts")
  func deep() throws {
    var chain = x
    for _ in 0..<20_000 { chain = chain + y }
    #expect(debugPrint(chain).utf8.count < 10_000_000)
    #expect(pretty(chain) == "x" + String(repeating: " + y", count: 20_000) + "\n")
    #expect(pretty(chain, style: .theano).hasPrefix("((((((("))
    var doubling = exp(x)
    for _ in 0..<100 { doubling = doubling * sin(doubling) }
    #expect(pretty(doubling).utf8.count < 10_000)
    #expect(pretty(doubling, style: .theano).utf8.count < 10_000)
  }
}
