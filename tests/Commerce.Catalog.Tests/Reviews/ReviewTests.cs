using System.Net;
using System.Net.Http.Json;
using Commerce.Catalog.Seed;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Catalog.Tests.Reviews;

[Collection(CatalogCollection.Name)]
public sealed class ReviewTests(CatalogFixture catalog)
{
    private readonly Guid _account = Guid.CreateVersion7();

    [Fact]
    public async Task Only_who_received_a_fruit_reviews_it_and_only_once()
    {
        var fruit = await catalog.NewFruitAsync();
        var shopper = catalog.Shopper(_account);
        var review = new NewReview(4, "아삭하고 달아요.");
        await (await PostAsync()).ShouldBeProblemAsync(HttpStatusCode.Forbidden);

        await catalog.Events.PublishAsync(
            Topics.Identity,
            _account,
            new AccountRegistered(_account, "홍길동", "shopper")
        );
        await DeliverAsync(fruit);
        await Eventually.Value(PostAsync, answer => answer.StatusCode == HttpStatusCode.Created);
        await (await PostAsync()).ShouldBeProblemAsync(HttpStatusCode.Conflict);

        var page = await catalog.GetAsync<ReviewPage>($"/fruits/{fruit}/reviews");
        page.Total.ShouldBe(1);
        page.Items[0].Stars.ShouldBe(4);
        page.Items[0].Text.ShouldBe("아삭하고 달아요.");
        page.Items[0].Author.ShouldBeOneOf("홍*동", "구매자");
        var shown = await catalog.FruitAsync(fruit);
        shown.Rating.ShouldBe(4);
        shown.ReviewCount.ShouldBe(1);

        Task<HttpResponseMessage> PostAsync() => shopper.PostAsJsonAsync($"/fruits/{fruit}/reviews", review);
    }

    [Fact]
    public async Task Reviewing_at_the_same_moment_counts_once()
    {
        var fruit = await catalog.NewFruitAsync();
        var shopper = catalog.Shopper(_account);
        await DeliverAsync(fruit);
        await Eventually.True(async () =>
        {
            await using var command = catalog.Database.CreateCommand(
                "select exists (select from purchases where account_id = $1)"
            );
            command.Parameters.Add(new() { Value = _account });
            return (bool)(await command.ExecuteScalarAsync())!;
        });
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => shopper.PostAsJsonAsync($"/fruits/{fruit}/reviews", new NewReview(5, "최고")))
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(7);
        (await catalog.FruitAsync(fruit)).ReviewCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_bad_review_names_its_fields_and_a_guest_cannot_write_one()
    {
        var fruit = MarketSeed.FruitId(1, 1);
        var bad = await catalog
            .Shopper(_account)
            .PostAsJsonAsync($"/fruits/{fruit}/reviews", new NewReview(6, new string('가', 1001)));
        await bad.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "stars", "text");
        var guest = await catalog.Guest.PostAsJsonAsync($"/fruits/{fruit}/reviews", new NewReview(5, "좋아요"));
        await guest.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        var unknown = await catalog
            .Shopper(_account)
            .PostAsJsonAsync($"/fruits/{Guid.CreateVersion7()}/reviews", new NewReview(5, "좋아요"));
        await unknown.ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Who_wrote_a_review_reads_and_changes_it_and_nobody_else_does()
    {
        var fruit = await catalog.NewFruitAsync();
        var shopper = catalog.Shopper(_account);
        var stranger = catalog.Shopper(Guid.CreateVersion7());
        await DeliverAsync(fruit);
        await Eventually.Value(
            () => shopper.PostAsJsonAsync($"/fruits/{fruit}/reviews", new NewReview(2, "조금 시어요.")),
            answer => answer.StatusCode == HttpStatusCode.Created
        );
        (await OwnAsync(shopper)).ShouldHaveSingleItem().Stars.ShouldBe(2);
        (await OwnAsync(stranger)).ShouldBeEmpty();

        await (await ChangeAsync(stranger, new NewReview(1, "나쁨"))).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await ChangeAsync(shopper, new NewReview(0, " "))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "stars",
            "text"
        );
        (await ChangeAsync(shopper, new NewReview(5, " 이틀 두니 달아졌어요. "))).EnsureSuccessStatusCode();

        var own = (await OwnAsync(shopper)).ShouldHaveSingleItem();
        (own.FruitId, own.Stars, own.Text).ShouldBe((fruit, 5, "이틀 두니 달아졌어요."));
        var shown = await catalog.FruitAsync(fruit);
        (shown.Rating, shown.ReviewCount).ShouldBe((5, 1));

        async Task<IReadOnlyList<OwnReview>> OwnAsync(HttpClient client) =>
            await (
                await client.GetAsync(new Uri($"/reviews/own?ids={fruit},{Guid.CreateVersion7()}", UriKind.Relative))
            ).ReadAsync<List<OwnReview>>();

        Task<HttpResponseMessage> ChangeAsync(HttpClient client, NewReview review) =>
            client.PutAsJsonAsync($"/fruits/{fruit}/reviews", review);
    }

    [Fact]
    public async Task Own_reviews_are_nobody_elses_business()
    {
        var ids = MarketSeed.FruitId(1, 1);
        var guest = await catalog.Guest.GetAsync(new Uri($"/reviews/own?ids={ids}", UriKind.Relative));
        await guest.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        var change = await catalog.Guest.PutAsJsonAsync($"/fruits/{ids}/reviews", new NewReview(5, "좋아요"));
        await change.ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        var nothing = await catalog.Shopper(_account).GetAsync(new Uri("/reviews/own", UriKind.Relative));
        await nothing.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "ids");
    }

    [Fact]
    public async Task A_name_that_comes_late_is_put_under_the_review()
    {
        var fruit = await catalog.NewFruitAsync();
        await DeliverAsync(fruit);
        var shopper = catalog.Shopper(_account);
        await Eventually.Value(
            () => shopper.PostAsJsonAsync($"/fruits/{fruit}/reviews", new NewReview(5, "좋아요")),
            answer => answer.StatusCode == HttpStatusCode.Created
        );
        (await AuthorAsync()).ShouldBe("구매자");

        await catalog.Events.PublishAsync(
            Topics.Identity,
            _account,
            new AccountRegistered(_account, "홍길동", "shopper")
        );
        await Eventually.Value(AuthorAsync, author => author == "홍*동");

        async Task<string> AuthorAsync() =>
            (await catalog.GetAsync<ReviewPage>($"/fruits/{fruit}/reviews")).Items.Single().Author;
    }

    [Fact]
    public async Task Reviews_are_sorted_paged_and_charted()
    {
        var fruit = MarketSeed.FruitId(1, 1);
        var best = await catalog.GetAsync<ReviewPage>($"/fruits/{fruit}/reviews?sort=-stars&pageSize=2");
        var rest = await catalog.GetAsync<ReviewPage>($"/fruits/{fruit}/reviews?sort=-stars&pageSize=2&page=2");
        var worst = await catalog.GetAsync<ReviewPage>($"/fruits/{fruit}/reviews?sort=stars");

        int[] stars = [.. best.Items.Concat(rest.Items).Select(review => review.Stars)];
        stars.ShouldBeInOrder(SortDirection.Descending);
        worst.Items.Select(review => review.Stars).ShouldBe(stars.Reverse());
        best.Stars.Count.ShouldBe(5);
        best.Stars.Sum().ShouldBe(best.Total);
        best.Stars[4].ShouldBe(stars.Count(given => given == 5));
        (await catalog.FruitAsync(fruit)).Rating.ShouldBe(Math.Round(stars.Average(), 1));
        var bad = await catalog.Guest.GetAsync($"/fruits/{fruit}/reviews?sort=text");
        await bad.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "sort");
    }

    private async Task DeliverAsync(Guid fruit)
    {
        var order = Guid.CreateVersion7();
        await catalog.Events.PublishAsync(
            Topics.Order,
            order,
            new OrderDelivered(order, _account, [CatalogFixture.Line(fruit, 1)])
        );
    }
}
