public import Arrays

/// What a function can be fed with: arrays, Swift values, and Swift arrays of them, nested or not.
///
/// Values that are not an `NDArray` take the dtype of the input they are fed to, where no value
/// changes.
public protocol ArrayConvertible: Sendable {
  /// The values as an array.
  ///
  /// - Throws: `ArrayError` when parts have different shapes, or memory cannot be had.
  func ndArray() throws(ArrayError) -> NDArray
}

extension NDArray: ArrayConvertible {
  public func ndArray() throws(ArrayError) -> NDArray { try checked() }
}

extension Array: ArrayConvertible where Element: ArrayConvertible {
  public func ndArray() throws(ArrayError) -> NDArray {
    if let values = self as? any FlatElements { return try values.flatArray().givingWay() }
    var parts: [NDArray] = []
    for part in self { parts.append(try part.ndArray()) }
    return try NDArray(stacking: parts).givingWay()
  }
}

/// An array of Swift numbers, which is copied at once rather than number by number.
private protocol FlatElements {
  func flatArray() throws(ArrayError) -> NDArray
}

extension Array: FlatElements where Element: ArrayElement {
  fileprivate func flatArray() throws(ArrayError) -> NDArray { NDArray(self) }
}

extension ArrayConvertible where Self: ArrayElement {
  public func ndArray() throws(ArrayError) -> NDArray { NDArray(self).givingWay() }
}

extension Bool: ArrayConvertible {}
extension Int: ArrayConvertible {}
extension Int8: ArrayConvertible {}
extension Int16: ArrayConvertible {}
extension Int32: ArrayConvertible {}
extension Int64: ArrayConvertible {}
extension UInt: ArrayConvertible {}
extension UInt8: ArrayConvertible {}
extension UInt16: ArrayConvertible {}
extension UInt32: ArrayConvertible {}
extension UInt64: ArrayConvertible {}
extension Float: ArrayConvertible {}
extension Double: ArrayConvertible {}
