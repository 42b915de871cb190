namespace Commerce.Platform.Tests.Security;

/// <summary>
/// Who may do what. <c>ok</c>: done, or refused for a reason that has nothing to do with who asks (409). <c>none</c>: let
/// through, and there is nothing under that id. <c>hidden</c>: somebody else's, as if it were not there. A number is the answer.
/// The ids in the paths are things of the first shopper and the first farmer.
/// </summary>
internal static class AccessTable
{
    private const string Text = """
        endpoint                                      guest shopper stranger farmer  rival   applicant admin
        identity POST /accounts                       ok    ok      ok       ok      ok      ok        ok
        identity POST /tokens                         ok    ok      ok       ok      ok      ok        ok
        identity POST /tokens/refresh                 ok    ok      ok       ok      ok      ok        ok
        identity POST /tokens/revoke                  ok    ok      ok       ok      ok      ok        ok
        identity GET /.well-known/jwks.json           ok    ok      ok       ok      ok      ok        ok
        identity GET /me                              401   ok      ok       ok      ok      ok        ok
        identity PUT /me                              401   ok      ok       ok      ok      ok        ok
        identity POST /me/password                    401   400     400      400     400     400       400
        identity GET /me/addresses                    401   ok      ok       ok      ok      ok        ok
        identity POST /me/addresses                   401   ok      ok       ok      ok      ok        ok
        identity PUT /me/addresses/{id}               401   ok      hidden   hidden  hidden  hidden    hidden
        identity DELETE /me/addresses/{id}            401   ok      hidden   hidden  hidden  hidden    hidden
        identity GET /farmers                         401   403     403      403     403     403       ok
        identity POST /farmers/{id}/approve           401   403     403      403     403     403       ok
        identity POST /farmers/{id}/suspend           401   403     403      403     403     403       ok
        identity POST /farmers/{id}/reinstate         401   403     403      403     403     403       ok
        identity GET /admin/accounts                  401   403     403      403     403     403       ok
        identity POST /admin/accounts/{id}/lock       401   403     403      403     403     403       ok
        identity POST /admin/accounts/{id}/unlock     401   403     403      403     403     403       ok

        catalog GET /fruits                           ok    ok      ok       ok      ok      ok        ok
        catalog GET /fruits/bestsellers               ok    ok      ok       ok      ok      ok        ok
        catalog GET /fruits/lookup                    ok    ok      ok       ok      ok      ok        ok
        catalog GET /fruits/ids                       ok    ok      ok       ok      ok      ok        ok
        catalog GET /fruits/{id}                      ok    ok      ok       ok      ok      ok        ok
        catalog GET /fruits/{id}/reviews              ok    ok      ok       ok      ok      ok        ok
        catalog POST /fruits/{id}/reviews             401   ok      403      403     403     403       403
        catalog PUT /fruits/{id}/reviews              401   ok      hidden   hidden  hidden  hidden    hidden
        catalog GET /reviews/own                      401   ok      ok       ok      ok      ok        ok
        catalog GET /wishes                           401   ok      ok       ok      ok      ok        ok
        catalog PUT /fruits/{id}/wish                 401   ok      ok       ok      ok      ok        ok
        catalog DELETE /fruits/{id}/wish              401   ok      ok       ok      ok      ok        ok
        catalog GET /farms                            ok    ok      ok       ok      ok      ok        ok
        catalog GET /farms/{id}                       ok    ok      ok       ok      ok      ok        ok
        catalog PUT /farms/me                         401   403     403      ok      ok      403       403
        catalog GET /farm/fruits                      401   403     403      ok      ok      403       403
        catalog GET /farm/reviews                     401   403     403      ok      ok      403       403
        catalog POST /fruits/check                    401   403     403      ok      ok      403       403
        catalog POST /fruits                          401   403     403      ok      ok      403       403
        catalog PUT /fruits/{id}                      401   403     403      ok      hidden  403       403
        catalog PUT /fruits/{id}/for-sale             401   403     403      ok      hidden  403       403
        catalog GET /fruits/{id}/lots                 401   403     403      ok      hidden  403       403
        catalog POST /fruits/{id}/lots                401   403     403      ok      hidden  403       403
        catalog GET /fruits/{id}/stock                401   403     403      ok      hidden  403       403
        catalog POST /fruits/{id}/stock               401   403     403      ok      hidden  403       403
        catalog GET /farm/imports/{id}                401   403     403      ok      hidden  403       403
        catalog POST /farm/imports/{id}/run           401   403     403      ok      hidden  403       403
        catalog POST /farm/imports                    401   403     403      ok      ok      403       403

        order GET /cart                               ok    ok      ok       ok      ok      ok        ok
        order PUT /cart/items/{fruitId}               ok    ok      ok       ok      ok      ok        ok
        order DELETE /cart/items/{fruitId}            ok    ok      ok       ok      ok      ok        ok
        order POST /cart/merge                        401   ok      ok       ok      ok      ok        ok
        order POST /orders                            401   ok      ok       ok      ok      ok        ok
        order GET /orders                             401   ok      ok       ok      ok      ok        ok
        order GET /orders/{id}                        401   ok      hidden   hidden  hidden  hidden    ok
        order POST /orders/{id}/cancel                401   ok      hidden   hidden  hidden  hidden    hidden
        order GET /farm/orders                        401   403     403      ok      ok      403       403
        order GET /farm/sales                         401   403     403      ok      ok      403       403
        order GET /farm/settlements                   401   403     403      ok      ok      403       403
        order GET /farm/settlements/{month}           401   403     403      ok      ok      403       403
        order GET /farm/shipments                     401   403     403      ok      ok      403       403
        order GET /farm/pick-list                     401   403     403      ok      ok      403       403
        order GET /admin/orders                       401   403     403      403     403     403       ok
        order GET /admin/orders/stats                 401   403     403      403     403     403       ok
        order GET /admin/orders/revenue               401   403     403      403     403     403       ok
        order POST /admin/orders/{id}/cancel          401   403     403      403     403     403       ok
        order POST /admin/orders/{id}/refund          401   403     403      403     403     403       ok

        payment GET /payments/{orderId}               401   ok      hidden   hidden  hidden  hidden    ok

        delivery GET /deliveries/{orderId}            401   ok      hidden   ok      hidden  hidden    ok
        delivery POST /deliveries/{orderId}/advance   401   403     403      ok      hidden  hidden    ok
        delivery GET /farm/hand-over                  401   403     403      ok      ok      403       403
        delivery PUT /farm/hand-over                  401   403     403      ok      ok      403       403
        delivery GET /admin/deliveries                401   403     403      403     403     403       ok

        * GET /messaging                              401   403     403      403     403     403       ok
        * GET /audit                                  401   403     403      403     403     403       ok
        * GET /dead-letters                           401   403     403      403     403     403       ok
        * POST /dead-letters/{id}/redrive             401   403     403      403     403     403       none
        * POST /dead-letters/redrive                  401   403     403      403     403     403       ok
        * POST /dead-letters/discard                  401   403     403      403     403     403       ok

        identity DELETE /me/sessions                  401   ok      ok       ok      ok      ok        -
        """;

    /// <summary>The people of the table's head.</summary>
    public static IReadOnlyList<string> People { get; } = [.. Words(Lines().First())[1..]];

    /// <summary>Endpoint as <c>order GET /orders</c>, with what to expect for each of <see cref="People"/>.</summary>
    public static IReadOnlyList<(string Endpoint, string[] Expected)> Rows { get; } =
    [.. Lines().Skip(1).SelectMany(Read)];

    /// <summary>Whether one of <see cref="People"/> gets further than the question who asks.</summary>
    public static bool LetsIn(string endpoint, string name) =>
        Rows.First(row => row.Endpoint == endpoint).Expected[People.ToList().IndexOf(name)] is not ("401" or "403");

    private static IEnumerable<(string Endpoint, string[] Expected)> Read(string line)
    {
        var words = Words(line);
        // An asterisk is each of the services.
        return (words[0] == "*" ? ApiDocuments.Services : [words[0]]).Select(service =>
            ($"{service} {words[1]} {words[2]}", words[3..])
        );
    }

    private static IEnumerable<string> Lines() => Text.Split('\n').Where(line => line.Trim().Length > 0);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
