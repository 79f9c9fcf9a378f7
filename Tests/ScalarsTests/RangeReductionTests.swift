import Arrays
import Scalars
import Testing

@Suite struct RangeReductionTests {
  /// Arguments nearest to multiples of pi/2 among all float64, and others that are huge, with their
  /// sines and cosines computed with 1400 bits.
  static let hardFloat64: [(x: Double, sin: Double, cos: Double)] = [
    (0x1.6ac5b262ca1ffp849, 1.0, -4.687165924254628e-19),
    (45.553093477052, 1.0, -6.189806365883577e-19),
    (1.0638745296653083e+256, -9.374331848509255e-19, -1.0),
    (91.106186954104, -1.2379612731767154e-18, -1.0),
    (14461176.67027838, -1.0, -1.6985038298986004e-18),
    (3.576149729694266e+39, -1.0, -1.8208566377382172e-18),
    (2.1277490593306166e+256, 1.874866369701851e-18, 1.0),
    (3.924293714572882e+298, 1.0, 2.0149386674952238e-18),
    (1e+22, -0.8522008497671888, 0.523214785395139),
    (1.7976931348623157e+308, 0.004961954789184062, -0.9999876894265599),
    (8.98846567431158e+307, 0.563127779850884, -0.826369834614148),
    (1048576.0, 0.3304931400217347, 0.943808393901312),
    (1048577.0, 0.9727535843134413, 0.23184146351624124),
    (3.141592653589793, 1.2246467991473532e-16, -1.0),
    (62831.853071795864, -9.71364707913698e-13, 1.0),
  ]

  @Test("float64 arguments next to multiples of pi/2 keep all digits")
  func float64() {
    for (x, sin, cos) in Self.hardFloat64 {
      #expect(value(.sin, x) == sin || ulps(Scalar(value(.sin, x)), from: sin) <= 1, "sin \(x)")
      #expect(value(.cos, x) == cos || ulps(Scalar(value(.cos, x)), from: cos) <= 1, "cos \(x)")
      #expect(ulps(Scalar(value(.tan, x)), from: sin / cos) <= 2.5, "tan \(x)")
    }
  }

  private func value(_ op: ScalarOp, _ x: Double) -> Double {
    op.composite(.float64).lowered().evaluate([Scalar(x)])[0].asDouble
  }

  /// Likewise among all float32.
  static let hardFloat32: [(x: Float, sin: Double, cos: Double)] = [
    (7.729178919452902e+28, 1.0, -1.6147697982476211e-09),
    (21999384576.0, 1.0, -2.0126460319185528e-09),
    (1.5458357838905804e+29, -3.2295395964952422e-09, -1.0),
    (43998769152.0, -4.0252920638371055e-09, -1.0),
    (252.89820861816406, 1.0, -4.185706803757208e-09),
    (3.0916715677811608e+29, 6.4590791929904845e-09, 1.0),
    (4.638183382783466e+25, 1.0, -6.467856984570355e-09),
    (1522788990976.0, -1.0, -6.916359710572901e-09),
    (3.4028234663852886e+38, -0.5218765233336585, 0.8530210398303042),
    (1125899906842624.0, 0.49639651520894085, 0.8680959046605506),
    (7.555786372591432e+22, -0.6600625307954227, -0.751210659828481),
    (5.070602400912918e+30, 0.8898432354492782, -0.45626638745930026),
    (3.1415927410125732, -8.742278000372475e-08, -0.9999999999999962),
  ]

  @Test("float32 arguments next to multiples of pi/2 keep all digits")
  func float32() {
    for (x, sin, cos) in Self.hardFloat32 {
      for (op, exact) in [(ScalarOp.sin, sin), (.cos, cos)] {
        let result = op.composite(.float32).lowered().evaluate([Scalar(x)])[0]
        #expect(ulps(result, from: exact) <= 0.6, "\(op) \(x)")
      }
    }
  }
}
