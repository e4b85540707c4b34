"""Characters that only Traditional or only Simplified Chinese writes, for telling one from the other."""

from __future__ import annotations

# Pairs, traditional first, of characters that are common in scientific text and stand for nothing else in the other.
_PAIRS = (
    "這这個个們们來来時时會会對对說说過过還还沒没學学實实現现問问題题種种從从數数據据與与為为進进將将應应該该"
    "當当點点無无間间經经動动業业運运結结構构類类網网絡络統统計计測测驗验證证論论訓训練练習习語语識识別别圖图"
    "像像視视頻频標标準准優优確确關关係系變变換换轉转傳传輸输處处壓压縮缩檢检側侧務务勢势環环節节約约級级組组"
    "織织選选擇择擴扩積积導导觀观規规則则設设備备資资訊讯響响顯显滿满獲获監监評评價价質质認认誤误調调諧谐譯译"
    "負负責责費费貢贡獻献賴赖趨趋較较輕轻載载輔辅達达適适遠远遞递鄰邻醫医釋释量量針针鐘钟鏈链錯错長长門门閉闭"
    "開开隊队階阶際际陣阵隨随險险隱隐難难雲云電电靜静須须預预領领頭头額额風风飛飞體体驅驱驟骤魯鲁麼么齊齐"
    "單单雙双號号嗎吗嚴严團团圍围場场塊块壞坏增增夠够奪夺獎奖婦妇孫孙寧宁寫写寬宽審审層层屬属島岛幾几廣广"
    "張张強强彈弹徑径復复憶忆態态戰战擊击擬拟攝摄敗败斷断曉晓曲曲東东條条極极權权歐欧歷历殘残氣气漢汉"
    "滲渗潔洁濾滤灣湾熱热愛爱獨独獵猎畫画異异療疗盡尽礎础禮礼積积穩稳競竞筆笔範范簡简糧粮細细終终給给維维"
    "線线編编緩缓緣缘縱纵總总續续纖纤聯联聲声職职腦脑臨临舉举舊旧華华萬万葉叶蓋盖藝艺藥药蘭兰虛虚衝冲補补"
    "製制複复見见覺觉觸触記记許许詞词試试話话詢询誘诱請请諸诸講讲謝谢議议護护讀读讓让豐丰貝贝財财販贩貨货"
    "買买賞赏賽赛贏赢車车軌轨軟软輪轮輯辑邊边鄉乡鋼钢錄录鍵键鐵铁鑑鉴閱阅陽阳陸陆雖虽離离"
)
_EITHER = frozenset("像量增曲准系制复")
TRADITIONAL = frozenset(char for char in _PAIRS[::2] if char not in _EITHER)
SIMPLIFIED = frozenset(char for char in _PAIRS[1::2] if char not in _EITHER)
