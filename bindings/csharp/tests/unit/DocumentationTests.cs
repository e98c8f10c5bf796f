// What the documentation shows is what runs (test.sh runs it).
// SPDX-License-Identifier: MIT OR Apache-2.0

public static class DocumentationTests
{
    public static void TheReadmeShowsTheQuickstart()
    {
        string shown = Files.Source("bindings/csharp/README.md");
        Check.True(shown.Contains(Files.Source("bindings/csharp/Quickstart.cs").Trim()), "word for word");
    }
}
