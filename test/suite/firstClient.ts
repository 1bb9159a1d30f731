// Test files share processes, in any order. Node's HTTP client comes before Bolt's, which would replace it where
// Discord's tests run later; `serve` connects Discord first for the same reason.
await fetch('data:,');
