/// 2/pi for reductions modulo 4, cut into windows.
///
/// Window j is `2/pi * 2^(32 j - 51)` modulo 4, the nearest to zero, as a sum of four parts: a
/// multiple of 2^-50, a multiple of 2^-102, and two that are rounded to float64.
enum TwoOverPi {
  /// The parts, the greatest first, each indexed by j.
  static let parts = [
    Table(
      "twoOverPi0",
      words: [
        0x0000_0000_0000_0000, 0x3eb4_5f30_6dc0_0000, 0xbfe9_f246_c6ef_ab58,
        0x3fe0_54a7_f09d_5f48, 0x3fed_5f47_d4d3_7700, 0xbff6_447e_493a_d4cc,
        0x3fd4_acc9_e21c_8210, 0x3fdc_820f_f28b_1d60, 0xbffd_38a8_4288_753c,
        0xbfe0_ea79_236e_4718, 0x3fe1_b8e9_0937_4b80, 0x3ffb_a5c0_0c92_5dd4,
        0x3ff2_5dd4_13a3_2438, 0xbffc_dbc6_03c4_29c8, 0xbfd0_a71a_76b2_c610,
        0x3ff3_4e7d_d104_6bec, 0x3fd1_afa9_75da_2420, 0xbfe2_edec_598e_3f68,
        0xbfdc_7eca_5d04_0df0, 0xbfb0_37d8_cdc5_38c0, 0xbffc_538c_f959_8c18,
        0xbff9_8c16_c6f7_40e8, 0x3fe1_7e2e_f7e4_a0f0, 0xbfeb_5f13_801d_a000,
        0xbfed_a000_87e9_9fc0, 0x3fe6_603f_bcbc_4630, 0x3ffe_2316_b414_da40,
        0x3ff4_da3e_da6c_fda0, 0xbff3_0261_b069_ec90, 0x3ff6_136e_9e8c_7ecc,
        0x3fe8_fd9a_797f_a8b8, 0xbf85_d28a_d845_3800,
      ]),
    Table(
      "twoOverPi1",
      words: [
        0x3cb4_5f30_6dc9_c884, 0x3ca3_9105_4a7f_09d8, 0xbc5e_c541_7056_5900,
        0xbc75_9644_7e49_3ac0, 0x3cbb_6c52_b327_8874, 0xbcb8_778d_f7c0_35d4,
        0xbc4a_e9c5_4214_4400, 0xbc90_a21d_4f24_6dd0, 0xbca2_36e4_716f_6c88,
        0x3ca0_9374_b801_9248, 0x3c69_24bb_a827_4680, 0x3c73_a324_39fc_3bc0,
        0x3cbf_c3bd_6396_2534, 0x3cb6_2534_e7dd_1048, 0x3cbd_1046_bea5_d768,
        0xbcba_2897_6f62_cc70, 0x3cbd_338e_04d6_8bf0, 0x3cb6_8bef_c827_323c,
        0xbcb8_cdc5_38cf_9598, 0xbcaf_2b31_82d8_dee8, 0x3cb3_908b_f177_bf24,
        0xbca0_81b5_f138_01d8, 0xbcbc_00ed_0004_3f4c, 0xbc90_fd33_f808_6870,
        0xbc80_d0ee_74a5_f5a0, 0xbcb4_beb2_5c12_5930, 0xbcb2_5930_261b_06a0,
        0xbcbb_069e_c916_1738, 0xbcb6_1738_132c_3404, 0x3cb3_cbfd_45ae_a4f8,
        0xbcb1_5b08_a702_8340, 0xbc84_1a0e_84c2_f8c0,
      ]),
    Table(
      "twoOverPi2",
      words: [
        0xb975_ac07_b150_5c16, 0xb970_5c15_9644_7e49, 0xb951_f924_eb53_361e,
        0xb974_cd87_78df_7c03, 0xb97f_7c03_5d38_a843, 0x395d_5ef5_de2b_0db9,
        0x3965_86dc_91b8_e909, 0x397c_7484_9ba5_c00d, 0xb97a_3ff3_6da2_2bec,
        0x397d_d413_a324_39fc, 0xb97b_c603_c429_c69e, 0x3976_3962_534e_7dd1,
        0x396c_fba2_08d7_d4bb, 0xb974_15a2_8976_f62d, 0x3962_13a6_71c0_9ad1,
        0xb97f_b297_4103_7d8d, 0xb94b_ec66_e29c_67cb, 0xb973_8cf9_598c_16c7,
        0xb968_2d8d_ee81_d108, 0xb92d_1081_b5f1_3802, 0x3970_763f_f12f_ffbc,
        0xb970_0043_f4cf_e022, 0xb96f_c043_43b9_d298, 0xb97c_e94b_eb25_c126,
        0x397a_3eda_6cfd_9e50, 0xb943_0d83_4f64_8b0c, 0x3973_6e9e_8c7e_cd3d,
        0xb933_2c34_02ba_515b, 0x3974_5aea_4f75_8fd8, 0xb964_e050_683a_130c,
        0xb97d_0985_f18c_10eb, 0xb968_21d6_b5b4_5650,
      ]),
    Table(
      "twoOverPi3",
      words: [
        0x361a_6ee0_6db1_4acd, 0xb60d_6a66_c3bc_6fbe, 0x35dc_820f_f28b_1d5f,
        0xb617_4e2a_10a2_1d4f, 0x361d_e2b0_db92_371d, 0x35e1_b8e9_0937_4b80,
        0x35fb_a5c0_0c92_5dd4, 0xb61b_688a_fb17_36f2, 0xb617_36f1_80f1_0a72,
        0x360d_eb1c_b129_a73f, 0x3614_d39f_7441_1afb, 0x35d1_afa9_75da_2427,
        0xb5e2_edec_598e_3f65, 0x360c_7026_b45f_7e41, 0x360f_7e41_3991_d63a,
        0x3601_d639_8353_39f5, 0x35d9_cfa4_e422_fc5e, 0x35e1_7e2e_f7e4_a0ec,
        0xb5eb_5f13_801d_a001, 0x35b2_fffb_c0b3_01fe, 0x35e6_603f_bcbc_462d,
        0x3617_88c5_ad05_3690, 0x35f4_da3e_da6c_fd9e, 0x361b_3f67_93e5_84dc,
        0xb61a_7b24_585c_e04d, 0x35e8_fd9a_797f_a8b6, 0xb610_0ae9_456c_229c,
        0xb5a1_4e05_0683_a131, 0xb60a_0e84_c2f8_c608, 0x35ec_e7de_294a_4baa,
        0xb616_b68a_ca02_5027, 0xb5e2_813b_81ca_8bdf,
      ]),
  ]
}
