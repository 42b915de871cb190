using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Dapper;

namespace Commerce.Catalog.Tests.Import;

/// <summary>A farmer's spreadsheet becomes fruits, once.</summary>
[Collection(CatalogCollection.Name)]
public sealed class ImportTests(CatalogFixture catalog)
{
    private const string Header =
        "상품코드,상품명,품종,분류,등급,당도,중량(kg),최소과수,최대과수,가격(원),제철시작,제철끝,재고";
    private readonly string _mark = Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Good_rows_are_listed_bad_ones_say_why_and_the_same_file_again_doubles_nothing()
    {
        var farmer = await NewFarmerAsync();
        string[] rows =
        [
            $",꿀사과 {_mark},부사,사과,특,15.2,5,13,16,\"39,900원\",10,4,30",
            $",배 {_mark},신고,배,최고,13,7.5,9,11,45000,9,3,",
            $"G-{_mark},샤인 {_mark},샤인머스캣,포도,상,12,2,3,5,24900,8,12,",
            $"H-{_mark},한라봉 {_mark},한라봉,citrus,Premium,13.5,3,9,12,34900,12,4,",
            $",꿀사과 {_mark},부사,사과,특,15.2,5,13,16,39900,10,4,30",
        ];

        var preview = await ReadAsync(farmer, rows);
        (preview.Rows, preview.Bad, preview.Done, preview.Finished).ShouldBe((5, 3, 0, false));
        preview
            .Problems.Select(found => (found.Row, found.Column, found.Problem.Rule))
            .ShouldBe([
                (3, "등급", FruitRules.Unknown),
                (4, "당도", FruitRules.Implausible),
                (6, "상품명", FruitRules.Twice),
            ]);
        preview.Problems[1].Problem.ShouldBe(new("brix", FruitRules.Implausible, 16, 22));
        preview.Sample.Select(row => (row.Row, row.IsNew)).ShouldBe([(2, true), (5, true)]);
        (await OwnAsync(farmer)).Total.ShouldBe(0);

        var done = await RunAsync(farmer, preview.Id);
        (done.Created, done.Updated, done.Unchanged, done.Finished).ShouldBe((2, 0, 0, true));
        var own = (await OwnAsync(farmer)).Items;
        var apples = own.Single(fruit => fruit.Category == "apple");
        (apples.PriceKrw, apples.Available, apples.Brix, apples.Grade).ShouldBe((39_900L, 30, 15.2m, "특"));
        own.Single(fruit => fruit.Category == "citrus").Grade.ShouldBe("특");
        await catalog.Events.WaitForAsync<FruitListed>(apples.Id);

        var again = await RunAsync(farmer, (await ReadAsync(farmer, rows)).Id);
        (again.Created, again.Updated, again.Unchanged).ShouldBe((0, 0, 2));
        (await OwnAsync(farmer)).Items.Single(fruit => fruit.Id == apples.Id).Available.ShouldBe(30);
        await catalog.HistoryShouldSumUpAsync();
    }

    [Fact]
    public async Task Files_that_come_at_the_same_moment_take_turns_and_the_last_one_stands()
    {
        var farmer = await NewFarmerAsync();

        var files = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(n => ReadAsync(farmer, [$"T{n}-{_mark},사과 {_mark},부사,사과,특,15.2,5,13,16,39900,10,4,30"]))
        );

        files.Select(file => file.Id).Distinct().Count().ShouldBe(12);
        files.ShouldAllBe(file => file.Rows == 1 && file.Bad == 0);
        await using var connection = await catalog.Database.OpenConnectionAsync();
        (
            await connection.ExecuteScalarAsync<int>(
                "select count(*) from imports where id = any(@ids)",
                new { ids = files.Select(file => file.Id).ToArray() }
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_changed_row_changes_its_fruit_and_a_code_finds_it_under_another_name()
    {
        var farmer = await NewFarmerAsync();
        await ImportAsync(farmer, $"C-{_mark},꿀사과 {_mark},부사,사과,특,15.2,5,13,16,39900,10,4,30");

        var renamed = await ImportAsync(farmer, $"C-{_mark},새 이름 {_mark},부사,사과,특,15.2,5,13,16,41900,10,4,99");

        (renamed.Created, renamed.Updated).ShouldBe((0, 1));
        var fruit = (await OwnAsync(farmer)).Items.ShouldHaveSingleItem();
        // Boxes of a fruit that is there already are counted by lots alone.
        (fruit.Name, fruit.PriceKrw, fruit.Available).ShouldBe(($"새 이름 {_mark}", 41_900L, 30));
        var changed = await catalog.Events.WaitForAsync<FruitChanged>(fruit.Id);
        changed.Fruit.PriceKrw.ShouldBe(41_900);
    }

    [Fact]
    public async Task The_whole_file_or_nothing_when_the_farmer_wants_it_so()
    {
        var farmer = await NewFarmerAsync();
        var import = await ReadAsync(
            farmer,
            $",사과 {_mark},부사,사과,특,15.2,5,13,16,39900,10,4,",
            $",배 {_mark},신고,배,최고,13,7.5,9,11,45000,9,3,"
        );

        using var refused = await farmer.PostAsJsonAsync(
            $"/farm/imports/{import.Id}/run",
            new RunImport(OnlyWhole: true)
        );

        await refused.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        (await OwnAsync(farmer)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task A_thousand_rows_go_in_step_by_step_even_when_two_run_them_at_once()
    {
        var farmer = await NewFarmerAsync();
        var rows = Enumerable
            .Range(1, 1_000)
            .Select(i => $",사과 {i} {_mark},부사,사과,특,15.2,5,13,16,39900,10,4,")
            .ToArray();
        var import = await ReadAsync(farmer, rows);
        var steps = new List<int>();

        await Task.WhenAll(RunAllAsync(), RunAllAsync());

        steps.Order().ShouldBe(steps.Distinct().Order());
        (await OwnAsync(farmer)).Total.ShouldBe(1_000);
        await TooManyAsync([.. rows, rows[0].Replace("사과 1 ", "사과 x ", StringComparison.Ordinal)]);

        async Task RunAllAsync()
        {
            FruitImport step;
            do
            {
                using var answer = await farmer.PostAsJsonAsync($"/farm/imports/{import.Id}/run", new RunImport());
                step = await answer.ReadAsync<FruitImport>();
                lock (steps)
                {
                    if (!steps.Contains(step.Done))
                        steps.Add(step.Done);
                }
            } while (!step.Finished);
        }

        async Task TooManyAsync(string[] more)
        {
            using var refused = await PostAsync(farmer, Encoding.UTF8.GetBytes(File(more)));
            await refused.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "file");
        }
    }

    [Fact]
    public async Task While_a_file_goes_in_the_farm_can_move_and_its_fruits_can_be_withdrawn()
    {
        var farmer = await NewFarmerAsync();
        var fruits = Enumerable.Range(1, 100).ToList();
        await ImportAsync(farmer, [.. fruits.Select(i => Row(i, 39_900))]);
        var own = (await OwnAsync(farmer)).Items;
        using var over = new CancellationTokenSource();

        var moving = MoveAsync();
        // From the other end than the file.
        var withdrawing = WithdrawAsync(own.OrderByDescending(fruit => fruit.Name, StringComparer.Ordinal));
        foreach (var price in new[] { 40_000, 41_000, 42_000, 43_000 })
            await ImportAsync(farmer, [.. fruits.Select(i => Row(i, price))]);

        await over.CancelAsync();
        await moving;
        await withdrawing;
        (await OwnAsync(farmer)).Items.ShouldAllBe(fruit => fruit.PriceKrw == 43_000);

        string Row(int number, int price) =>
            $"M{number:000}-{_mark},사과 {number:000} {_mark},부사,사과,특,15.2,5,13,16,{price},10,4,";

        async Task MoveAsync()
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                using var moved = await farmer.PutAsJsonAsync(
                    "/farms/me",
                    new FarmProfile(i % 2 == 0 ? "경북 청송" : "전남 나주", "")
                );
                moved.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            }
        }

        async Task WithdrawAsync(IEnumerable<Fruit> theirs)
        {
            foreach (var fruit in theirs)
            {
                if (over.IsCancellationRequested)
                    return;
                using var withdrawn = await farmer.PutAsJsonAsync($"/fruits/{fruit.Id}/for-sale", new SaleState(false));
                withdrawn.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            }
        }
    }

    [Fact]
    public async Task Excels_Korean_encoding_is_read()
    {
        var farmer = await NewFarmerAsync();
        var cp949 = CodePagesEncodingProvider.Instance.GetEncoding(949)!;
        using var answer = await PostAsync(
            farmer,
            cp949.GetBytes(File([$",꿀사과 {_mark},부사,사과,특,15.2,5,13,16,39900,10,4,"]))
        );

        var import = await answer.ReadAsync<FruitImport>();
        (import.Encoding, import.Bad, import.Sample[0].Name).ShouldBe(("cp949", 0, $"꿀사과 {_mark}"));
    }

    [Theory]
    [InlineData("", "file")]
    [InlineData("상품명,품종\n", "file")]
    [InlineData("상품명,품종\n사과,부사\n", "columns")]
    [InlineData("상품명,\"품종\"x\n사과,부사\n", "file")]
    public async Task A_file_that_is_none_is_refused(string file, string field)
    {
        using var answer = await PostAsync(catalog.Farmer, Encoding.UTF8.GetBytes(file));
        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task A_file_over_a_megabyte_is_refused_before_it_is_read()
    {
        using var answer = await PostAsync(catalog.Farmer, new byte[(1024 * 1024) + 1]);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Another_farmers_import_is_not_there()
    {
        var farmer = await NewFarmerAsync();
        var import = await ReadAsync(farmer, $",사과 {_mark},부사,사과,특,15.2,5,13,16,39900,10,4,");

        using var read = await catalog.OtherFarmer.GetAsync($"/farm/imports/{import.Id}");
        using var run = await catalog.OtherFarmer.PostAsJsonAsync($"/farm/imports/{import.Id}/run", new RunImport());
        using var shopper = await PostAsync(catalog.Shopper(DemoAccounts.ShopperId), "a"u8.ToArray());

        await read.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await run.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await shopper.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        (await OwnAsync(farmer)).Total.ShouldBe(0);
    }

    private static string File(string[] rows) => string.Join("\r\n", [Header, .. rows]);

    private async Task<HttpClient> NewFarmerAsync()
    {
        var id = Guid.CreateVersion7();
        var approved = new FarmerApproved(id, "시험농원", "Test Farm", "전남 나주");
        await catalog.Events.PublishAsync(Topics.Identity, id, approved);
        await Eventually.Holds(async () => (await catalog.GetAsync<Farm>($"/farms/{id}")).Id.ShouldBe(id));
        return catalog.Service.Client(catalog.Authority.FarmerToken(id));
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient farmer, byte[] file)
    {
        using var body = new ByteArrayContent(file);
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return await farmer.PostAsync("/farm/imports", body);
    }

    private static async Task<FruitImport> ReadAsync(HttpClient farmer, params string[] rows)
    {
        using var answer = await PostAsync(farmer, Encoding.UTF8.GetBytes(File(rows)));
        return await answer.ReadAsync<FruitImport>();
    }

    private static async Task<FruitImport> RunAsync(HttpClient farmer, Guid id)
    {
        using var answer = await farmer.PostAsJsonAsync($"/farm/imports/{id}/run", new RunImport());
        return await answer.ReadAsync<FruitImport>();
    }

    private static async Task<FruitImport> ImportAsync(HttpClient farmer, params string[] rows)
    {
        var import = await ReadAsync(farmer, rows);
        while (!import.Finished)
            import = await RunAsync(farmer, import.Id);
        return import;
    }

    private static async Task<Paged<Fruit>> OwnAsync(HttpClient farmer)
    {
        using var answer = await farmer.GetAsync("/farm/fruits?pageSize=100");
        return await answer.ReadAsync<Paged<Fruit>>();
    }
}
