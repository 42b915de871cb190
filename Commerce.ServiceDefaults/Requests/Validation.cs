using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.ServiceDefaults.Requests;

/// <summary>
/// Collects what is wrong with a request, by field, for a 400 in the shape <c>errors: {"items[0].quantity": ["…"]}</c>.
/// <code>
/// var v = new Validation();
/// v.Text("name", body.Name, max: 100);
/// v.Check("items[0].quantity", quantity is >= 1 and &lt;= 99, "must be 1 to 99");
/// if (v.Failed) return v.Problem();
/// </code>
/// </summary>
public sealed partial class Validation
{
    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    /// <summary>Whether any check has failed so far.</summary>
    public bool Failed => _errors.Count > 0;

    /// <summary>Notes <paramref name="message"/> for <paramref name="field"/> unless <paramref name="ok"/>; returns <paramref name="ok"/>.</summary>
    /// <param name="field">As the client wrote it: <c>email</c>, <c>items[0].quantity</c>.</param>
    /// <param name="message">Goes on from the field's name: "must be 1 to 99".</param>
    public bool Check(string field, bool ok, string message)
    {
        if (!ok)
        {
            if (!_errors.TryGetValue(field, out var messages))
            {
                _errors[field] = messages = [];
            }

            messages.Add(message);
        }

        return ok;
    }

    /// <summary>
    /// Text that a person reads: <paramref name="min"/> to <paramref name="max"/> characters after trimming, without
    /// control characters (line breaks only when <paramref name="lines"/>), without broken surrogates, which neither PostgreSQL
    /// nor JSON can carry, and without what Unicode says is no character, which cannot be normalised.
    /// </summary>
    public bool Text(string field, string? value, int max, int min = 1, bool lines = false)
    {
        var trimmed = value?.Trim() ?? "";
        return Check(field, trimmed.Length >= min, min == 1 ? "is required" : $"must have at least {min} characters")
            && Check(field, trimmed.Length <= max, $"must have at most {max} characters")
            && Check(field, IsPrintable(trimmed, lines), "contains characters that cannot be stored");
    }

    /// <summary>As <see cref="Text"/>, but null and blank are fine.</summary>
    public bool OptionalText(string field, string? value, int max, bool lines = false) =>
        string.IsNullOrWhiteSpace(value) || Text(field, value, max, lines: lines);

    /// <summary>A Korean phone number, with or without hyphens: 010-1234-5678, 02-123-4567, 0507-1234-5678.</summary>
    public bool Phone(string field, string value) =>
        Check(field, PhoneForm().IsMatch(value.Trim()), "must be a phone number such as 010-1234-5678");

    /// <summary>A Korean postal code: 5 digits (the form since 2015).</summary>
    public bool PostalCode(string field, string value) =>
        Check(field, PostalCodeForm().IsMatch(value.Trim()), "must be 5 digits");

    /// <summary>The 400 with every message by field.</summary>
    public ValidationProblem Problem() =>
        TypedResults.ValidationProblem(
            _errors.ToDictionary(e => e.Key, e => e.Value.ToArray(), StringComparer.Ordinal),
            title: "The request is not valid."
        );

    /// <summary>The same for messages that were found elsewhere.</summary>
    public static ValidationProblem From(IEnumerable<(string Field, string Message)> messages)
    {
        var validation = new Validation();
        foreach (var (field, message) in messages)
        {
            validation.Check(field, ok: false, message);
        }

        return validation.Problem();
    }

    /// <summary>The same for a single field.</summary>
    public static ValidationProblem Problem(string field, string message)
    {
        var validation = new Validation();
        validation.Check(field, ok: false, message);
        return validation.Problem();
    }

    /// <summary>Whether PostgreSQL and JSON can carry it and a page can show it.</summary>
    public static bool IsPrintable(string text, bool lines)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsSurrogate(c))
            {
                if (!char.IsSurrogatePair(text, i))
                {
                    return false;
                }

                i++;
            }
            else if (c is '\ufffe' or '\uffff' || (char.IsControl(c) && !(lines && (c is '\n' or '\r' or '\t'))))
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex(@"^0[0-9]{1,3}-?[0-9]{3,4}-?[0-9]{4}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex PhoneForm();

    [GeneratedRegex(@"^[0-9]{5}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex PostalCodeForm();
}
