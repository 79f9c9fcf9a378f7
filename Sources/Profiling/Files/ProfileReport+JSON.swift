extension ProfileReport {
  /// The report as JSON.
  public var json: String { (try? JSONText.text(of: self)) ?? "{}" }
}
