import Testing

extension Tag {
  /// Tests that need more than a few seconds.
  @Tag static var slow: Self
}
