namespace Commerce.Catalog.Farms;

/// <summary>English names of Korea's provinces; of a county only when it is asked for with one that has it.</summary>
internal static class Regions
{
    private static readonly Dictionary<string, string> Provinces = new(StringComparer.Ordinal)
    {
        ["경기"] = "Gyeonggi",
        ["강원"] = "Gangwon",
        ["충북"] = "Chungbuk",
        ["충남"] = "Chungnam",
        ["전북"] = "Jeonbuk",
        ["전남"] = "Jeonnam",
        ["경북"] = "Gyeongbuk",
        ["경남"] = "Gyeongnam",
        ["제주"] = "Jeju",
        ["서울"] = "Seoul",
        ["부산"] = "Busan",
        ["대구"] = "Daegu",
        ["인천"] = "Incheon",
        ["광주"] = "Gwangju",
        ["대전"] = "Daejeon",
        ["울산"] = "Ulsan",
        ["세종"] = "Sejong",
    };

    private static readonly Dictionary<string, string> Counties = new(StringComparer.Ordinal)
    {
        ["청송"] = "Cheongsong",
        ["영주"] = "Yeongju",
        ["상주"] = "Sangju",
        ["김천"] = "Gimcheon",
        ["성주"] = "Seongju",
        ["청도"] = "Cheongdo",
        ["의성"] = "Uiseong",
        ["경산"] = "Gyeongsan",
        ["문경"] = "Mungyeong",
        ["안동"] = "Andong",
        ["충주"] = "Chungju",
        ["옥천"] = "Okcheon",
        ["영동"] = "Yeongdong",
        ["보은"] = "Boeun",
        ["음성"] = "Eumseong",
        ["논산"] = "Nonsan",
        ["예산"] = "Yesan",
        ["천안"] = "Cheonan",
        ["부여"] = "Buyeo",
        ["장수"] = "Jangsu",
        ["고창"] = "Gochang",
        ["무주"] = "Muju",
        ["순창"] = "Sunchang",
        ["나주"] = "Naju",
        ["고흥"] = "Goheung",
        ["해남"] = "Haenam",
        ["광양"] = "Gwangyang",
        ["영암"] = "Yeongam",
        ["곡성"] = "Gokseong",
        ["담양"] = "Damyang",
        ["보성"] = "Boseong",
        ["김해"] = "Gimhae",
        ["진영"] = "Jinyeong",
        ["하동"] = "Hadong",
        ["거창"] = "Geochang",
        ["산청"] = "Sancheong",
        ["진주"] = "Jinju",
        ["창녕"] = "Changnyeong",
        ["서귀포"] = "Seogwipo",
        ["이천"] = "Icheon",
        ["화성"] = "Hwaseong",
        ["안성"] = "Anseong",
        ["춘천"] = "Chuncheon",
        ["양구"] = "Yanggu",
        ["함안"] = "Haman",
    };

    /// <summary><c>경북 청송</c> → <c>Cheongsong, Gyeongbuk</c>; a region that is not known stays as it is.</summary>
    public static string English(string region)
    {
        var parts = region.Split(' ', 2, StringSplitOptions.TrimEntries);
        var province = Provinces.GetValueOrDefault(parts[0]);
        if (province is null)
            return region;
        return parts.Length == 1
            ? province
            : $"{Counties.GetValueOrDefault(parts[1].TrimEnd('시', '군'), parts[1])}, {province}";
    }
}
